-- Registry webhooks: whom to tell of what, and what they have not been told yet.

CREATE TABLE webhook (
    id                 INTEGER PRIMARY KEY,
    webhook_id         TEXT   NOT NULL UNIQUE,
    name               TEXT   NOT NULL,
    description        TEXT   NOT NULL,
    url                TEXT   NOT NULL,
    secret             TEXT,                       -- as given, where the store was opened without a key
    sealed_secret      TEXT,                       -- encrypted with the key; never beside `secret`
    status             TEXT   NOT NULL,            -- ACTIVE | DISABLED
    creation_time      BIGINT NOT NULL,
    last_updated_time  BIGINT NOT NULL
);
CREATE INDEX webhook_by_age ON webhook (creation_time, id);

CREATE TABLE webhook_event (
    entity   TEXT   NOT NULL,                      -- registered_model, model_version_tag, …
    action   TEXT   NOT NULL,                      -- created, set, deleted
    webhook  BIGINT NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
    PRIMARY KEY (entity, action, webhook)
) WITHOUT ROWID;
CREATE INDEX webhook_event_by_webhook ON webhook_event (webhook);

-- Written by the transaction that makes the event, removed once the receiver has it or has been given up on.
CREATE TABLE webhook_delivery (
    id             INTEGER PRIMARY KEY,
    delivery_id    TEXT   NOT NULL UNIQUE,         -- what receivers see; the same for every attempt
    webhook        BIGINT NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
    entity         TEXT   NOT NULL,
    action         TEXT   NOT NULL,
    body           TEXT   NOT NULL,                -- the JSON that is sent, byte for byte
    creation_time  BIGINT NOT NULL,
    due_time       BIGINT NOT NULL,                -- when the next attempt may begin; while one is under way, when
                                                   -- others may take it for dead
    attempts       BIGINT NOT NULL,
    holder         TEXT                            -- the server that makes the attempt
);
CREATE INDEX webhook_delivery_by_due ON webhook_delivery (webhook, due_time, id);
CREATE INDEX webhook_delivery_by_holder ON webhook_delivery (holder);
