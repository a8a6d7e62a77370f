-- Open stays of the last hours: 'bench.stays' says how many. Every second car is inside, the others are booked. Each has
-- a slot, a captured fee and the audit lines that a stay over HTTP leaves so far.

CREATE TEMPORARY TABLE present AS
SELECT i,
    i + (SELECT coalesce(max(id), 0) FROM stays_parkingsession) AS stay,
    now() - i * interval '3 hours' / current_setting('bench.stays')::int AS booked,
    i % 2 = 0 AS inside,
    'P' || upper(lpad(to_hex(i), 11, '0')) AS code
FROM generate_series(1, current_setting('bench.stays')::int) AS i;

CREATE TEMPORARY TABLE place AS
SELECT row_number() OVER (ORDER BY sort_key, zone_id) AS n, id AS slot, zone_id AS zone FROM facilities_parkingslot;

CREATE TEMPORARY TABLE person AS
SELECT row_number() OVER (ORDER BY id) - 1 AS n, id FROM accounts_user WHERE role = 'USER';

UPDATE facilities_parkingslot AS slot SET status = CASE WHEN present.inside THEN 'OCCUPIED' ELSE 'BOOKED' END
FROM place JOIN present ON present.i = place.n WHERE slot.id = place.slot;

INSERT INTO vehicles_vehicle (match_key, vehicle_number, kind, created_at)
SELECT 'OPEN' || i, 'OPEN' || i, 'CAR', booked FROM present;

INSERT INTO payments_bill (id, lines, total, captured, refunded, charged, created_at)
SELECT stay, '[]', 0, 50, 0, 0, booked FROM present;

INSERT INTO stays_parkingsession (id, uuid, qr_code, status, end_reason, end_note, owner_name, vehicle_kind, terms,
    payment_method, booked_at, starts_at, pay_by, enter_by, entry_time,
    bill_id, driver_id, slot_id, vehicle_id, zone_id)
SELECT stay, gen_random_uuid(), 'QR-' || code, CASE WHEN inside THEN 'ACTIVE' ELSE 'BOOKED' END, '', '', 'Asha Rao', 'CAR',
    '{"hourly_rate": "80.00", "booking_fee": "50.00", "grace_minutes": 5, "minimum_hours": 1, "hold_minutes": 10,
      "no_show_minutes": 30}',
    '', booked, booked, booked + interval '10 minutes', booked + interval '30 minutes',
    CASE WHEN inside THEN booked + interval '5 minutes' END,
    stay, person.id, place.slot, vehicle.id, place.zone
FROM present
JOIN vehicles_vehicle AS vehicle ON vehicle.match_key = 'OPEN' || i
JOIN place ON place.n = i
JOIN person ON person.n = i % (SELECT count(*) FROM person);

INSERT INTO payments_paymentorder (id, order_id, purpose, gateway, amount, status, gateway_order_id, pay_url, upi_link,
    is_definite, created_at, updated_at, bill_id)
SELECT stay, 'PK-' || code, 'FEE', 'SIMULATED', 50, 'COMPLETED', 'SIM-PK-' || code, '', '', true, booked, booked, stay
FROM present;

INSERT INTO payments_payment (amount, method, gateway, reference, captured_at, bill_id, order_id)
SELECT 50, 'ONLINE', 'SIMULATED', 'SIMPAY-PK-' || code, booked, stay, stay FROM present;

INSERT INTO audit_auditentry (at, actor_role, action, refused, subject_kind, subject_id, request_id, facts)
SELECT booked + step.later, step.role, step.action, false, 'session', stay, code, '{"slot_id": 1}'
FROM present, (VALUES
    (interval '0', 'USER', 'session.booked', true),
    (interval '0', 'SYSTEM', 'payment.captured', true),
    (interval '5 minutes', 'STAFF', 'session.entered', false)
) AS step (later, role, action, always)
WHERE step.always OR inside;

SELECT setval(pg_get_serial_sequence('payments_bill', 'id'), (SELECT max(id) FROM payments_bill)),
    setval(pg_get_serial_sequence('stays_parkingsession', 'id'), (SELECT max(id) FROM stays_parkingsession)),
    setval(pg_get_serial_sequence('payments_paymentorder', 'id'), (SELECT max(id) FROM payments_paymentorder));

DROP TABLE present, place, person;
