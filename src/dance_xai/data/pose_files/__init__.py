"""Poses as other programs write them: one file per format, all read into ``Detections``."""
