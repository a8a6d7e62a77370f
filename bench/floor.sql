-- One cycle as PostgreSQL alone would do it: book with its fee (two transactions), enter (one), leave with cash (one).
-- It makes the row changes that the product makes, and takes the same locks; it reads nothing else and checks nothing.
-- bench/equal_work.py counts the changes of both sides and refuses to compare unequal ones.
-- pgbench fills in :first_vehicle, :vehicles (per client), :first_driver, :first_zone, :zones, :attendant.

\set wanted_vehicle :first_vehicle + :client_id * :vehicles + random(0, :vehicles - 1)
\set driver :first_driver + :client_id
\set zone :first_zone + random(0, :zones - 1)

-- Book: claim vehicle and slot, write bill, stay, audit line and the order of the fee.
BEGIN;
SELECT id AS vehicle FROM vehicles_vehicle WHERE id = :wanted_vehicle FOR NO KEY UPDATE \gset
INSERT INTO payments_bill (lines, total, captured, refunded, charged, created_at)
    VALUES ('[]', 0, 0, 0, 0, now()) RETURNING id AS bill \gset
SELECT id AS slot FROM facilities_parkingslot
    WHERE zone_id = :zone AND kind = 'CAR' AND status = 'FREE'
    ORDER BY sort_key LIMIT 1 FOR UPDATE SKIP LOCKED \gset
UPDATE facilities_parkingslot SET status = 'BOOKED' WHERE id = :slot;
INSERT INTO stays_parkingsession (uuid, qr_code, status, end_reason, end_note, owner_name, vehicle_kind, terms,
        payment_method, booked_at, starts_at, pay_by, enter_by, bill_id, driver_id, slot_id, vehicle_id, zone_id)
    VALUES (gen_random_uuid(), 'QR-' || substr(md5(random()::text), 1, 12), 'BOOKED', '', '', 'Asha Rao', 'CAR',
        '{"hourly_rate": "80.00", "booking_fee": "50.00", "grace_minutes": 5, "minimum_hours": 1, "hold_minutes": 10,
          "no_show_minutes": 30}',
        '', now(), now(), now() + interval '10 minutes', now() + interval '30 minutes',
        :bill, :driver, :slot, :vehicle, :zone)
    RETURNING id AS session, qr_code AS qr \gset
INSERT INTO audit_auditentry (at, actor_id, actor_role, action, refused, subject_kind, subject_id, request_id, facts)
    VALUES (now(), :driver, 'USER', 'session.booked', false, 'session', :session, md5(random()::text),
        '{"fee": "50.00", "slot_id": 1, "zone_id": 1}');
INSERT INTO payments_paymentorder (order_id, purpose, gateway, amount, status, gateway_order_id, pay_url, upi_link,
        created_at, updated_at, bill_id)
    VALUES ('PK-' || upper(substr(md5(random()::text), 1, 20)), 'FEE', 'SIMULATED', 50, 'INITIATED', '', '', '',
        now(), now(), :bill)
    RETURNING id AS purchase, order_id AS order_number \gset
COMMIT;

-- The gateway has captured the fee.
BEGIN;
SELECT s.id FROM stays_parkingsession s JOIN payments_bill b ON b.id = s.bill_id
    WHERE s.bill_id = :bill FOR NO KEY UPDATE;
UPDATE payments_paymentorder SET status = 'COMPLETED', is_definite = true, gateway_order_id = 'SIM-' || :order_number, updated_at = now()
    WHERE id = :purchase;
INSERT INTO payments_payment (amount, method, gateway, reference, captured_at, bill_id, order_id)
    VALUES (50, 'ONLINE', 'SIMULATED', 'SIMPAY-' || :order_number, now(), :bill, :purchase);
UPDATE payments_bill SET captured = 50 WHERE id = :bill;
INSERT INTO audit_auditentry (at, actor_role, action, refused, subject_kind, subject_id, request_id, facts)
    VALUES (now(), 'SYSTEM', 'payment.captured', false, 'session', :session, md5(random()::text),
        '{"amount": "50.00", "purpose": "FEE", "refunds": [], "order_id": "PK-00000000000000000000"}');
INSERT INTO audit_outboxevent (listener, at, actor_role, action, subject_kind, subject_id, facts)
    VALUES ('notifications', now(), 'SYSTEM', 'payment.captured', 'session', :session,
        '{"amount": "50.00", "purpose": "FEE", "refunds": [], "order_id": "PK-00000000000000000000"}');
COMMIT;

-- Enter.
BEGIN;
SELECT s.id FROM stays_parkingsession s JOIN payments_bill b ON b.id = s.bill_id
    WHERE s.qr_code = :qr FOR NO KEY UPDATE;
UPDATE stays_parkingsession SET status = 'ACTIVE', entry_time = now() WHERE id = :session;
UPDATE facilities_parkingslot SET status = 'OCCUPIED' WHERE id = :slot;
INSERT INTO audit_auditentry (at, actor_id, actor_role, action, refused, subject_kind, subject_id, request_id, facts)
    VALUES (now(), :attendant, 'STAFF', 'session.entered', false, 'session', :session, md5(random()::text),
        '{"slot_id": 1}');
INSERT INTO audit_outboxevent (listener, at, actor_id, actor_role, action, subject_kind, subject_id, facts)
    VALUES ('notifications', now(), :attendant, 'STAFF', 'session.entered', 'session', :session,
        '{"slot_id": 1}');
COMMIT;

-- Leave with cash.
BEGIN;
SELECT s.id FROM stays_parkingsession s JOIN payments_bill b ON b.id = s.bill_id
    WHERE s.qr_code = :qr FOR NO KEY UPDATE;
INSERT INTO payments_payment (amount, method, gateway, reference, tendered, attendant_id, captured_at, bill_id)
    VALUES (30, 'CASH', '', '', 30, :attendant, now(), :bill);
UPDATE payments_bill
    SET lines = '[{"label": "Parking", "amount": "80.00", "quantity": 1, "unit_price": "80.00"}]', total = 80,
        captured = 80, charged = 30, billed_until = now(), closed_at = now()
    WHERE id = :bill;
UPDATE stays_parkingsession
    SET status = 'COMPLETED', end_reason = 'EXIT', payment_method = 'CASH', exit_time = now(), ended_at = now()
    WHERE id = :session;
UPDATE facilities_parkingslot SET status = 'FREE' WHERE id = :slot;
INSERT INTO audit_auditentry (at, actor_id, actor_role, action, refused, subject_kind, subject_id, request_id, facts)
    VALUES (now(), :attendant, 'STAFF', 'session.exited', false, 'session', :session, md5(random()::text),
        '{"debt": "0.00", "total": "80.00", "method": "CASH", "charged": "30.00"}');
INSERT INTO audit_outboxevent (listener, at, actor_id, actor_role, action, subject_kind, subject_id, facts)
    VALUES ('notifications', now(), :attendant, 'STAFF', 'session.exited', 'session', :session,
        '{"debt": "0.00", "total": "80.00", "method": "CASH", "charged": "30.00"}');
COMMIT;
