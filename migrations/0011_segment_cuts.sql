-- Numbers at the quantiles that segment rules ask for, one row a change: a dated input like those in `profile_inputs`, so that
-- nobody's rule reads other people and the past can be asked again. Each is also told by an event, `inputs.set`.
CREATE TABLE segment_cuts (
    ord {{serial_key}},
    at BIGINT NOT NULL,
    key TEXT NOT NULL, -- canonical JSON of the rule that asks for this quantile and nothing else
    value BIGINT -- in the unit of what is compared; null while nobody has such a number
);
