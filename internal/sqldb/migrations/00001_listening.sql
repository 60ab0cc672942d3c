-- +goose Up
-- Times are milliseconds since 1970 (UTC); minutes and hours are counted from there too.
CREATE TABLE monitors (
    id         text PRIMARY KEY,
    name       text NOT NULL UNIQUE,
    kind       text NOT NULL, -- own, competitor, campaign, market
    query      text NOT NULL,
    enabled    boolean NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);

CREATE TABLE authors (
    id             text PRIMARY KEY, -- post.Key.Short of network and native_id
    network        text NOT NULL,
    native_id      text NOT NULL,
    handle         text NOT NULL,
    name           text NOT NULL,
    url            text NOT NULL,
    bio            text NOT NULL,
    location       text NOT NULL,
    followers      bigint NOT NULL,
    verified_links text NOT NULL, -- JSON array
    bot            boolean NOT NULL,
    seen_at        bigint NOT NULL
);
CREATE INDEX authors_handle ON authors (network, handle);

CREATE TABLE posts (
    id          text PRIMARY KEY, -- post.Key.Short of network and native_id
    network     text NOT NULL,
    native_id   text NOT NULL,
    author_id   text NOT NULL,
    kind        text NOT NULL,
    text        text NOT NULL,
    url         text NOT NULL,
    posted_at   bigint NOT NULL,
    edited_at   bigint NOT NULL, -- 0: never
    thread      text NOT NULL,
    reply_to    text NOT NULL,
    share_of    text NOT NULL,
    quote_of    text NOT NULL,
    engagement  bigint NOT NULL,
    source      text NOT NULL,
    received_at bigint NOT NULL
);
CREATE INDEX posts_author ON posts (author_id);
CREATE INDEX posts_posted ON posts (posted_at);

CREATE TABLE mentions (
    post_id    text NOT NULL,
    monitor_id text NOT NULL,
    author_id  text NOT NULL,
    posted_at  bigint NOT NULL,
    part       integer NOT NULL, -- the cell it was counted in
    reach      bigint NOT NULL,
    language   text NOT NULL,
    polarity   text NOT NULL,
    score      double precision NOT NULL,
    confidence double precision NOT NULL,
    intent     text NOT NULL,
    PRIMARY KEY (post_id, monitor_id)
);
CREATE INDEX mentions_monitor ON mentions (monitor_id, posted_at);
CREATE INDEX mentions_posted ON mentions (posted_at);

-- A cell counts the mentions of one monitor in one minute; part lets several pipelines write
-- their own rows. The author columns count authors new in this monitor and hour, so that their
-- sum over an hour is its number of unique authors.
CREATE TABLE cells (
    monitor_id       text NOT NULL,
    minute           bigint NOT NULL,
    part             integer NOT NULL,
    posts            bigint NOT NULL,
    negative         bigint NOT NULL,
    neutral          bigint NOT NULL,
    positive         bigint NOT NULL,
    unknown          bigint NOT NULL,
    authors          bigint NOT NULL,
    negative_authors bigint NOT NULL,
    positive_authors bigint NOT NULL,
    reach            bigint NOT NULL,
    PRIMARY KEY (monitor_id, minute, part)
);

CREATE TABLE cell_authors (
    monitor_id text NOT NULL,
    hour       bigint NOT NULL,
    author_id  text NOT NULL,
    posts      bigint NOT NULL,
    negative   bigint NOT NULL,
    positive   bigint NOT NULL,
    PRIMARY KEY (monitor_id, hour, author_id)
);
CREATE INDEX cell_authors_author ON cell_authors (author_id);

-- What was deleted on its network, or erased here, and must not come back.
CREATE TABLE tombstones (
    id     text PRIMARY KEY, -- of a post or an author
    at     bigint NOT NULL,
    author boolean NOT NULL  -- an author's is kept for ever, a post's until the log has forgotten the post
);
CREATE INDEX tombstones_at ON tombstones (at) WHERE NOT author;

-- +goose Down
DROP TABLE tombstones;
DROP TABLE cell_authors;
DROP TABLE cells;
DROP TABLE mentions;
DROP TABLE posts;
DROP TABLE authors;
DROP TABLE monitors;
