-- Finished stays of one year at all sites, 'bench.stays' of them, oldest first: nine in ten left through the gate, the
-- others were cancelled (half of them with a refund), did not come, or were not paid. One vehicle for five stays, one
-- driver for twenty, names of two parts. Written with the session's triggers off, so it must be consistent by itself.

CREATE TEMPORARY TABLE size AS
SELECT total, greatest(total / 5, 1) AS vehicles, greatest(total / 20, 1) AS drivers,
    date_trunc('second', now()) - interval '365 days' AS begins
FROM (SELECT current_setting('bench.stays')::int AS total) AS given;

CREATE TEMPORARY TABLE place AS
SELECT row_number() OVER (ORDER BY slot.id) - 1 AS n, slot.id AS slot, zone.id AS zone, zone.site_id AS site
FROM facilities_parkingslot AS slot JOIN facilities_parkingzone AS zone ON zone.id = slot.zone_id;

CREATE TEMPORARY TABLE word AS
SELECT string_to_array('Asha Ravi Meera Arjun Lakshmi Vikram Sunita Imran Fatima Joseph Gurpreet Nisha Omkar Padma '
        'Rahul Sneha Tanvi Uday Varun Yamini Zoya Kiran Deepa Harish', ' ') AS first,
    string_to_array('Rao Iyer Sharma Khan D''Souza Singh Patel Reddy Nair Das Ghosh Mehta Joshi Pillai Verma Bose '
        'Kulkarni Chopra Banerjee Menon Gupta Shetty Naidu Thomas Bhat Saxena Mishra', ' ') AS last;

INSERT INTO accounts_user (username, email, phone, first_name, last_name, role, password, date_joined)
SELECT 'driver' || n, 'driver' || n || '@example.org', '9' || lpad(n::text, 9, '0'),
    word.first[1 + n % cardinality(word.first)],
    word.last[1 + n / 7 % cardinality(word.last)] || CASE WHEN n % 1000 = 0 THEN ' of Lane ' || n ELSE '' END,
    'USER', '!', size.begins
FROM size, word, generate_series(0, size.drivers - 1) AS n;

CREATE TEMPORARY TABLE driver AS
SELECT row_number() OVER (ORDER BY id) - 1 AS n, id, first_name || ' ' || last_name AS name
FROM accounts_user WHERE role = 'USER' AND username LIKE 'driver%';

CREATE TEMPORARY TABLE plate AS
SELECT n, (ARRAY['KA', 'MH', 'DL', 'TN', 'GJ', 'UP', 'KL', 'HR'])[1 + n % 8] AS state,
    lpad((1 + n / 8 % 60)::text, 2, '0') AS office, chr(65 + n / 480 % 26) || chr(65 + n / 12480 % 26) AS series,
    lpad((1 + n::bigint * 7919 % 9999)::text, 4, '0') AS number
FROM size, generate_series(0, size.vehicles - 1) AS n;

INSERT INTO vehicles_vehicle (match_key, vehicle_number, kind, created_at)
SELECT DISTINCT ON (state || office || series || number) state || office || series || number,
    concat_ws('-', state, office, series, number), 'CAR', size.begins
FROM plate, size ON CONFLICT DO NOTHING;

CREATE TEMPORARY TABLE car AS
SELECT row_number() OVER (ORDER BY id) - 1 AS n, id FROM vehicles_vehicle;

CREATE TEMPORARY TABLE old AS
SELECT i, i + coalesce((SELECT max(id) FROM stays_parkingsession), 0)
        + coalesce((SELECT max(id) FROM payments_bill), 0) AS stay,
    size.begins + i * (interval '364 days' / size.total) AS booked,
    CASE WHEN i % 100 < 90 THEN 'EXIT' WHEN i % 100 < 96 THEN 'CANCELLED' WHEN i % 100 < 99 THEN 'NO_SHOW' ELSE 'UNPAID'
        END AS outcome,
    CASE i % 100 WHEN 0 THEN 'UPI' ELSE CASE WHEN i % 3 = 0 THEN 'ONLINE' ELSE 'CASH' END END AS way,
    i % 100 BETWEEN 90 AND 92 AND i < 0.99 * size.total AS refunded,
    1 + i % 5 AS hours, upper(lpad(to_hex(i::bigint * 2654435761 % 1099511627776), 12, '0')) AS code,
    car.id AS vehicle, driver.id AS driver, driver.name, place.slot, place.zone, place.site
FROM size, generate_series(1, size.total) AS i
JOIN car ON car.n = i::bigint * 7919 % (SELECT count(*) FROM car)
JOIN driver ON driver.n = i::bigint * 104729 % (SELECT count(*) FROM driver)
JOIN place ON place.n = i::bigint * 31 % (SELECT count(*) FROM place)
ORDER BY i;

ANALYZE old;

INSERT INTO payments_bill (id, site_id, payer_id, lines, total, captured, refunded, charged, billed_until, closed_at,
    created_at)
SELECT stay, site, driver, '[{"label": "Parking", "amount": "160.00", "quantity": 2, "unit_price": "80.00"}]',
    CASE outcome WHEN 'EXIT' THEN 80 * hours WHEN 'UNPAID' THEN 0 ELSE CASE WHEN refunded THEN 0 ELSE 50 END END,
    CASE outcome WHEN 'EXIT' THEN 80 * hours WHEN 'UNPAID' THEN 0 ELSE 50 END,
    CASE WHEN refunded THEN 50 ELSE 0 END, CASE outcome WHEN 'EXIT' THEN 80 * hours - 50 ELSE 0 END,
    booked + interval '2 hours', booked + interval '2 hours', booked
FROM old;

INSERT INTO stays_parkingsession (id, uuid, qr_code, status, end_reason, end_note, owner_name, vehicle_kind, terms,
    payment_method, booked_at, starts_at, pay_by, enter_by, entry_time, exit_time, ended_at,
    bill_id, driver_id, slot_id, vehicle_id, zone_id)
SELECT stay, gen_random_uuid(), 'QR-' || code,
    CASE outcome WHEN 'EXIT' THEN 'COMPLETED' WHEN 'CANCELLED' THEN 'CANCELLED' ELSE 'EXPIRED' END, outcome, '', name,
    'CAR', '{"hourly_rate": "80.00", "booking_fee": "50.00", "grace_minutes": 5, "minimum_hours": 1,
        "hold_minutes": 10, "no_show_minutes": 30}',
    CASE outcome WHEN 'EXIT' THEN way ELSE '' END,
    booked, booked, booked + interval '10 minutes', booked + interval '30 minutes',
    CASE outcome WHEN 'EXIT' THEN booked + interval '5 minutes' END,
    CASE outcome WHEN 'EXIT' THEN booked + interval '1 hour' * hours END,
    CASE outcome WHEN 'EXIT' THEN booked + interval '1 hour' * hours ELSE booked + interval '4 minutes' END,
    stay, driver, slot, vehicle, zone
FROM old;

INSERT INTO payments_paymentorder (id, order_id, purpose, gateway, amount, status, gateway_order_id, pay_url, upi_link,
    is_definite, created_at, updated_at, bill_id)
SELECT stay, 'PK-' || code, 'FEE', 'SIMULATED', 50, CASE outcome WHEN 'UNPAID' THEN 'EXPIRED' ELSE 'COMPLETED' END,
    'SIM-PK-' || code, '', '', true, booked, booked, stay
FROM old;

SELECT setval(pg_get_serial_sequence('payments_paymentorder', 'id'), (SELECT max(stay) FROM old));

INSERT INTO payments_paymentorder (order_id, purpose, gateway, amount, status, gateway_order_id, pay_url, upi_link,
    is_definite, created_at, updated_at, bill_id)
SELECT 'PX-' || code, 'EXIT', 'SIMULATED', 80 * hours - 50, 'COMPLETED', 'SIM-PX-' || code, '', '', true,
    booked + interval '1 hour' * hours, booked + interval '1 hour' * hours, stay
FROM old
WHERE outcome = 'EXIT' AND way = 'ONLINE';

INSERT INTO payments_payment (amount, method, gateway, reference, tendered, captured_at, bill_id, order_id, attendant_id)
SELECT 50, 'ONLINE', 'SIMULATED', 'SIMPAY-PK-' || code, NULL, booked AS captured, stay, stay, NULL
FROM old WHERE outcome <> 'UNPAID'
UNION ALL
SELECT 80 * hours - 50, way, CASE way WHEN 'ONLINE' THEN 'SIMULATED' ELSE '' END,
    CASE way WHEN 'ONLINE' THEN 'SIMPAY-PX-' || code WHEN 'UPI' THEN '4' || lpad(i::text, 11, '0') ELSE '' END,
    CASE way WHEN 'CASH' THEN 80 * hours - 50 END, booked + interval '1 hour' * hours, old.stay, paid.id,
    CASE way WHEN 'ONLINE' THEN NULL ELSE (SELECT min(id) FROM accounts_user) END
FROM old LEFT JOIN payments_paymentorder AS paid ON paid.order_id = 'PX-' || old.code
WHERE outcome = 'EXIT'
ORDER BY captured;

INSERT INTO payments_refund (refund_id, payment_id, amount, status, reason, gateway_refund_id, created_at, updated_at,
    completed_at)
SELECT 'RF-' || code, payment.id, 50, 'COMPLETED', 'Cancelled', 'SIMREF-' || code, booked + interval '4 minutes',
    booked + interval '2 days', booked + interval '2 days'
FROM old JOIN payments_payment AS payment ON payment.bill_id = old.stay
WHERE refunded;

INSERT INTO audit_auditentry (at, actor_role, action, refused, subject_kind, subject_id, request_id, facts)
SELECT booked + step.later, step.role, step.action, false, 'session', stay, code, '{"slot_id": 1}'
FROM old, (VALUES
    (interval '0', 'USER', 'session.booked'),
    (interval '2 hours', 'STAFF', 'session.exited')
) AS step (later, role, action);

SELECT setval(pg_get_serial_sequence('payments_bill', 'id'), (SELECT max(id) FROM payments_bill)),
    setval(pg_get_serial_sequence('stays_parkingsession', 'id'), (SELECT max(id) FROM stays_parkingsession)),
    setval(pg_get_serial_sequence('payments_paymentorder', 'id'), (SELECT max(id) FROM payments_paymentorder));

DROP TABLE size, place, word, driver, plate, car, old;
