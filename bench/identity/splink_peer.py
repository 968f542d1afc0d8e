"""Splink on DuckDB over the same files: python splink_peer.py families|febrl OUT_DIR FILE...

Set up as its documentation advises: cleaned columns, term frequencies on names, several blocking rules, u from random
pairs, m by expectation maximisation, clusters at several thresholds. Writes `splink_T.csv` for each threshold T and prints
`name value` lines. The caller judges every threshold and counts the best one for Splink.
"""

import csv
import re
import resource
import sys
import time
from pathlib import Path

import duckdb
import pyarrow as pa
import splink
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from pypinyin import lazy_pinyin
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

THRESHOLDS = [0.5, 0.8, 0.9, 0.95, 0.99, 0.999]
ALIAS = re.compile(r"(妈妈|爸爸|女士|先生)$")
HAN = re.compile(r"[\u4e00-\u9fff]")
FILLER_DATES = {"1900-01-01", "1970-01-01", "2000-01-01", "1990-01-01"}


def blank(text):
    return text or None


def phone(text):
    digits = re.sub(r"\D", "", text)[-11:]
    filler = len(digits) < 11 or len(set(digits[3:])) <= 2
    return None if filler or digits == "13800138000" else digits


def family_row(row):
    name = re.sub(r"[(【].*?[)】]|\d|\s", "", row["name"]) if HAN.search(row["name"]) else row["name"].strip().lower()
    alias = bool(ALIAS.search(name)) or not name
    han = bool(HAN.search(name))
    sound = "".join(lazy_pinyin(name)) if han else "".join(reversed(name.split()))
    real = not alias and (han and 2 <= len(name) <= 4 or not han and " " in name)
    card = row["id_card"]
    if len(card) == 15:
        card = card[:6] + "19" + card[6:]
    return {
        "unique_id": row["record_no"],
        "name": name if real else None,
        "sound": sound if real else None,
        "surname": name[:1] if han and (real or name.endswith(("女士", "先生"))) else None,
        "phone": phone(row["phone"]) or phone(row["guardian_phone"]),
        "gender": blank(row["gender"]),
        "birth_date": None if row["birth_date"] in FILLER_DATES else blank(row["birth_date"]),
        "id_card": blank(card[:17]),
        "union_id": blank(row["union_id"]),
        "wecom": blank(row["wecom_external_id"]),
        "email": blank(row["email"]),
        "address": blank(re.sub("^杭州市", "", row["address"])),
        "guardian": blank(re.sub(r"\s", "", row["guardian_name"])),
    }


def families():
    name = cl.CustomComparison(
        output_column_name="name",
        comparison_levels=[
            cll.NullLevel("name"),
            cll.ExactMatchLevel("name", term_frequency_adjustments=True),
            cll.ExactMatchLevel("sound", term_frequency_adjustments=True),
            cll.LevenshteinLevel("name", 1),
            cll.ExactMatchLevel("surname"),
            cll.ElseLevel(),
        ],
    )
    return SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[
            block_on("phone"),
            block_on("union_id"),
            block_on("id_card"),
            block_on("wecom"),
            block_on("email"),
            block_on("sound", "birth_date"),
            block_on("birth_date", "surname"),
            block_on("address", "surname"),
        ],
        comparisons=[
            name,
            cl.ExactMatch("phone"),
            cl.DateOfBirthComparison("birth_date", input_is_string=True),
            cl.ExactMatch("gender"),
            cl.ExactMatch("id_card"),
            cl.ExactMatch("union_id"),
            cl.ExactMatch("wecom"),
            cl.ExactMatch("email"),
            cl.LevenshteinAtThresholds("address", [2]),
            cl.ExactMatch("guardian").configure(term_frequency_adjustments=True),
        ],
        retain_intermediate_calculation_columns=False,
    )


def febrl_row(row):
    row = {key: blank(value.strip()) for key, value in row.items()}
    date = row["date_of_birth"] or ""
    return {
        "unique_id": row["rec_id"],
        "given_name": row["given_name"],
        "surname": row["surname"],
        "birth_date": f"{date[:4]}-{date[4:6]}-{date[6:]}" if len(date) == 8 else None,
        "soc_sec_id": row["soc_sec_id"],
        "street_number": row["street_number"],
        "address_1": row["address_1"],
        "suburb": row["suburb"],
        "postcode": row["postcode"],
    }


def febrl():
    return SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[
            block_on("soc_sec_id"),
            block_on("given_name", "surname"),
            block_on("birth_date"),
            block_on("surname", "postcode"),
            block_on("given_name", "postcode"),
            block_on("address_1", "street_number"),
            block_on("address_1", "suburb"),
        ],
        comparisons=[
            cl.NameComparison("given_name").configure(term_frequency_adjustments=True),
            cl.NameComparison("surname").configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("birth_date", [1, 2]),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("address_1", [0.9, 0.8]).configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("suburb", [0.9]).configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("postcode", [1]).configure(term_frequency_adjustments=True),
        ],
        retain_intermediate_calculation_columns=False,
    )


def main():
    kind, out, files = sys.argv[1], Path(sys.argv[2]), sys.argv[3:]
    clean, settings = (family_row, families()) if kind == "families" else (febrl_row, febrl())
    rows = []
    for file in files:
        with open(file, newline="", encoding="utf-8") as text:
            rows.extend(clean(row) for row in csv.DictReader(text))
    started = time.monotonic()
    database = duckdb.connect()
    api = DuckDBAPI(connection=database)
    linker = Linker(api.register(pa.Table.from_pylist(rows)), settings, log_level=40)
    training = linker.training
    if kind == "families":
        recall = 0.6
        deterministic = ["l.id_card = r.id_card", "l.name = r.name and l.phone = r.phone"]
        rounds = [block_on("phone"), block_on("name", "birth_date"), block_on("id_card")]
    else:
        recall = 0.8
        deterministic = ["l.soc_sec_id = r.soc_sec_id", "l.given_name = r.given_name and l.birth_date = r.birth_date"]
        rounds = [block_on("soc_sec_id"), block_on("given_name", "surname"), block_on("birth_date")]
    training.estimate_probability_two_random_records_match(deterministic, recall=recall)
    training.estimate_u_using_random_sampling(max_pairs=1e7, seed=1)
    for rule in rounds:
        training.estimate_parameters_using_expectation_maximisation(rule)
    trained = time.monotonic()
    edges = linker.inference.predict(threshold_match_probability=min(THRESHOLDS))
    predicted = time.monotonic()
    took = []
    for threshold in THRESHOLDS:
        before = time.monotonic()
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(edges, threshold_match_probability=threshold)
        took.append(time.monotonic() - before)
        table = clusters.physical_name
        database.execute(
            f"copy (select unique_id as source_id, cluster_id as person_id from {table}) to '{out}/splink_{threshold}.csv' (header)"
        )
    print("versions", f"splink {splink.__version__}, duckdb {duckdb.__version__}")
    print("seconds", round(predicted - started + sum(took) / len(took), 1))
    print("train_seconds", round(trained - started, 1))
    print("peak_mb", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


main()
