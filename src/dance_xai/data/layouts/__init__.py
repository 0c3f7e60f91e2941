"""Layouts of video data sets: lists, folders, and the data sets of the paper as they are downloaded."""
