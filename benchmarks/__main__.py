"""Run every benchmark: one JSON line each, ratios to floors measured in the same run."""

from benchmarks import intake, pricing, relay

SIZES = [10_000, 100_000]

if __name__ == "__main__":
    pricing.main(SIZES)
    intake.main(SIZES)
    relay.main([3_000])
