"""What must outlive a reload, a lost connection and a restart."""
