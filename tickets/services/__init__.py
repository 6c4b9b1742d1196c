"""What people do with tickets: one file per verb. Each writes its activity line and publishes `ticket`."""
