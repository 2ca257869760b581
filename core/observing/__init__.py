"""What operators watch: readiness, gauges, traces."""
