"""Writes cdnow_lifetimes.csv: what the PyPI package lifetimes 0.11.3 says of the CDNOW sample.

The models are fitted to purchases up to 1997-09-30 with time in weeks (days / 7) and no penalty. Run beside
cdnow_sample.csv, with lifetimes installed in an environment of its own: python3 cdnow_lifetimes.py > cdnow_lifetimes.csv
"""

import sys

import pandas as pd
from lifetimes import BetaGeoFitter, GammaGammaFitter
from lifetimes.utils import summary_data_from_transaction_data

orders = pd.read_csv("cdnow_sample.csv", dtype={"customer_id": str})
orders["date"] = pd.to_datetime(orders["date"].astype(str))
people = summary_data_from_transaction_data(
    orders, "customer_id", "date", "amount", observation_period_end="1997-09-30", freq="D"
)
x, t_x, t = people["frequency"], people["recency"] / 7, people["T"] / 7
purchases = BetaGeoFitter(penalizer_coef=0.0)
purchases.fit(x, t_x, t)
back = people[people["frequency"] > 0]
spend = GammaGammaFitter(penalizer_coef=0.0)
spend.fit(back["frequency"], back["monetary_value"])

table = pd.DataFrame(
    {
        "customer": people.index,
        "repeats": x.astype(int),
        "last": people["recency"].astype(int),
        "known": people["T"].astype(int),
        "mean": people["monetary_value"].round(6),
        "alive": purchases.conditional_probability_alive(x, t_x, t),
        "in_39_weeks": purchases.conditional_expected_number_of_purchases_up_to_time(39, x, t_x, t),
        "in_365_days": purchases.conditional_expected_number_of_purchases_up_to_time(365 / 7, x, t_x, t),
        "spend": spend.conditional_expected_average_profit(x, people["monetary_value"]),
    }
)
# Every fortieth customer, and the twelve who came back most.
chosen = sorted(set(table.index[::40]) | set(table.sort_values("repeats").index[-12:]))
sys.stdout.write("# r %.9f alpha %.9f a %.9f b %.9f\n" % tuple(purchases.params_[k] for k in ["r", "alpha", "a", "b"]))
sys.stdout.write("# p %.9f q %.9f gamma %.9f\n" % tuple(spend.params_[k] for k in ["p", "q", "v"]))
table.loc[chosen].to_csv(sys.stdout, index=False, float_format="%.9g")
