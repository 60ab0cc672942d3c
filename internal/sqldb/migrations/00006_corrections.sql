-- +goose Up
ALTER TABLE posts ADD COLUMN language text NOT NULL DEFAULT ''; -- as the network claims it
ALTER TABLE posts ADD COLUMN fingerprint bigint NOT NULL DEFAULT 0; -- of the text, by which near-duplicates are found; 0: none
ALTER TABLE mentions ADD COLUMN model text NOT NULL DEFAULT ''; -- version of what read it; empty: not kept yet

-- Near-duplicates are looked for in a span of time, in the index alone.
DROP INDEX posts_posted;
CREATE INDEX posts_posted ON posts (posted_at, id, fingerprint);

-- What a person says a mention is. It stays when the post is gone, for near-duplicates that come
-- later, and holds no text.
CREATE TABLE corrections (
    id              text PRIMARY KEY,
    post_id         text NOT NULL,
    monitor_id      text NOT NULL,
    fingerprint     bigint NOT NULL,
    polarity        text NOT NULL, -- empty: as the model says
    intent          text NOT NULL, -- likewise
    polarity_before text NOT NULL,
    intent_before   text NOT NULL,
    corrected_by    text NOT NULL, -- a user's id
    corrected_at    bigint NOT NULL,
    settled         boolean NOT NULL, -- whoever was on the way into the database meanwhile has been looked for
    UNIQUE (post_id, monitor_id)
);
CREATE INDEX corrections_monitor ON corrections (monitor_id, corrected_at);
CREATE INDEX corrections_unsettled ON corrections (corrected_at) WHERE NOT settled;

-- Which correction a mention is read by, and what the model says, which stands again without it.
CREATE TABLE corrected_mentions (
    post_id       text NOT NULL,
    monitor_id    text NOT NULL,
    correction_id text NOT NULL,
    polarity      text NOT NULL,
    score         double precision NOT NULL,
    confidence    double precision NOT NULL,
    intent        text NOT NULL,
    PRIMARY KEY (post_id, monitor_id)
);
CREATE INDEX corrected_mentions_correction ON corrected_mentions (correction_id);

-- How far the stored mentions are read anew by a model.
CREATE TABLE rescorings (
    model       text PRIMARY KEY,
    started_at  bigint NOT NULL,
    finished_at bigint NOT NULL, -- 0: under way
    total       bigint NOT NULL, -- mentions to be read when it began
    seen        bigint NOT NULL,
    changed     bigint NOT NULL, -- whose polarity or intent is another now
    posted_at   bigint NOT NULL, -- where it stands: from the newest mention to the oldest
    post_id     text NOT NULL,
    updated_at  bigint NOT NULL
);

-- +goose Down
DROP TABLE rescorings;
DROP TABLE corrected_mentions;
DROP TABLE corrections;
DROP INDEX posts_posted;
CREATE INDEX posts_posted ON posts (posted_at);
ALTER TABLE mentions DROP COLUMN model;
ALTER TABLE posts DROP COLUMN fingerprint;
ALTER TABLE posts DROP COLUMN language;
