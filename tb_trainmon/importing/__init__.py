"""History from before TrainMon: what trainers leave behind, written into the database."""
