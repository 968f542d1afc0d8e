-- What is true of people, kept twice: a row a person, and for each value a set of people. Reasons of tags are not kept: the
-- fold gives them again.

DROP TABLE person_tags;

-- Every value of a tag that anybody ever had. A number is given once and never again to another value.
CREATE TABLE tag_values (
    ord {{serial_key}},
    tag TEXT NOT NULL,
    value TEXT NOT NULL
);
CREATE UNIQUE INDEX tag_values_name ON tag_values (tag, value);

-- Who has a value: a roaring bitmap of the people of each block of 65,536 numbers.
CREATE TABLE tag_people (
    value BIGINT NOT NULL REFERENCES tag_values (ord),
    block BIGINT NOT NULL,
    people {{blob}} NOT NULL,
    number BIGINT NOT NULL, -- how many
    PRIMARY KEY (value, block)
){{clustered}};

-- What a person has: numbers of `tag_values`, ascending, each as its distance from the one before in LEB128. Null before the
-- person is folded again after this change, which the basis asks for.
ALTER TABLE person_profiles ADD COLUMN tags {{blob}};
UPDATE person_profiles SET basis = -1;

-- A row a person instead of one a membership.
DROP TABLE segment_members;
DROP TABLE segment_due;
CREATE TABLE person_segments (
    person BIGINT PRIMARY KEY,
    due_at BIGINT, -- when a membership may change without an event
    held TEXT NOT NULL -- JSON: each segment's number, since when, and the parts of its rule that hold with their events
);
CREATE INDEX person_segments_due ON person_segments (due_at);
