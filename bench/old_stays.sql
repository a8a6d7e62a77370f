-- Finished stays of the past year, one every few minutes: 'bench.stays' says how many. Stay and bill number i belong
-- together; each has a captured fee, cash at the exit and four audit lines, as a stay over HTTP leaves them.

CREATE TEMPORARY TABLE old AS
SELECT i,
    row_number() OVER () + (SELECT coalesce(max(id), 0) FROM stays_parkingsession) AS stay,
    now() - interval '1 day' - i * interval '364 days' / current_setting('bench.stays')::int AS booked,
    1 + i % greatest(current_setting('bench.stays')::int / 5, 1) AS vehicle_number,
    upper(lpad(to_hex(i), 12, '0')) AS code
FROM generate_series(1, current_setting('bench.stays')::int) AS i;

CREATE TEMPORARY TABLE place AS
SELECT row_number() OVER (ORDER BY id) - 1 AS n, id AS slot, zone_id AS zone FROM facilities_parkingslot;

CREATE TEMPORARY TABLE person AS
SELECT row_number() OVER (ORDER BY id) - 1 AS n, id FROM accounts_user WHERE role = 'USER';

INSERT INTO vehicles_vehicle (match_key, vehicle_number, kind, created_at)
SELECT 'OLD' || n, 'OLD' || n, 'CAR', now() - interval '1 year'
FROM (SELECT DISTINCT vehicle_number AS n FROM old) AS numbers;

INSERT INTO payments_bill (id, lines, total, captured, refunded, charged, billed_until, closed_at, created_at)
SELECT stay, '[{"label": "Parking", "amount": "160.00", "quantity": 2, "unit_price": "80.00"}]', 160, 160, 0, 110,
    booked + interval '2 hours', booked + interval '2 hours', booked
FROM old;

INSERT INTO stays_parkingsession (id, uuid, qr_code, status, end_reason, end_note, owner_name, vehicle_kind, terms,
    payment_method, booked_at, starts_at, pay_by, enter_by, entry_time, exit_time, ended_at,
    bill_id, driver_id, slot_id, vehicle_id, zone_id)
SELECT stay, gen_random_uuid(), 'QR-' || code, 'COMPLETED', 'EXIT', '', 'Asha Rao', 'CAR',
    '{"hourly_rate": "80.00", "booking_fee": "50.00", "grace_minutes": 5, "minimum_hours": 1, "hold_minutes": 10,
      "no_show_minutes": 30}',
    'CASH', booked, booked, booked + interval '10 minutes', booked + interval '30 minutes',
    booked + interval '5 minutes', booked + interval '2 hours', booked + interval '2 hours',
    stay, person.id, place.slot, vehicle.id, place.zone
FROM old
JOIN vehicles_vehicle AS vehicle ON vehicle.match_key = 'OLD' || old.vehicle_number
JOIN place ON place.n = old.i % (SELECT count(*) FROM place)
JOIN person ON person.n = old.i % (SELECT count(*) FROM person);

INSERT INTO payments_paymentorder (id, order_id, purpose, gateway, amount, status, gateway_order_id, pay_url, upi_link,
    is_definite, created_at, updated_at, bill_id)
SELECT stay, 'PK-' || code, 'FEE', 'SIMULATED', 50, 'COMPLETED', 'SIM-PK-' || code, '', '', true, booked, booked, stay
FROM old;

INSERT INTO payments_payment (amount, method, gateway, reference, captured_at, bill_id, order_id)
SELECT 50, 'ONLINE', 'SIMULATED', 'SIMPAY-PK-' || code, booked, stay, stay FROM old;

INSERT INTO payments_payment (amount, method, gateway, reference, tendered, captured_at, bill_id)
SELECT 110, 'CASH', '', '', 110, booked + interval '2 hours', stay FROM old;

INSERT INTO audit_auditentry (at, actor_role, action, refused, subject_kind, subject_id, request_id, facts)
SELECT booked + step.later, step.role, step.action, false, 'session', stay, code, '{"slot_id": 1}'
FROM old, (VALUES
    (interval '0', 'USER', 'session.booked'),
    (interval '0', 'SYSTEM', 'payment.captured'),
    (interval '5 minutes', 'STAFF', 'session.entered'),
    (interval '2 hours', 'STAFF', 'session.exited')
) AS step (later, role, action);

SELECT setval(pg_get_serial_sequence('payments_bill', 'id'), (SELECT max(id) FROM payments_bill)),
    setval(pg_get_serial_sequence('stays_parkingsession', 'id'), (SELECT max(id) FROM stays_parkingsession)),
    setval(pg_get_serial_sequence('payments_paymentorder', 'id'), (SELECT max(id) FROM payments_paymentorder));

DROP TABLE old, place, person;
