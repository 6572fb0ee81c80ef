"""Holds the routes of the API, one file for each subject: what each takes, asks of a service, and answers.

May call services; each route has a rule that the guard knows it by.
Must never write a row itself, and never acknowledge what is not durable.
"""
