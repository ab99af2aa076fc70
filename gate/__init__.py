"""What stands around the project where it judges for others: the package, the image, the action and the CI templates."""
