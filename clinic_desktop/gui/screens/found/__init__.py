"""Looking for words in the documents of all patients, for doctors and nurses.

May call services, widgets and the shell's screen protocol.
Must never show a document here: it is opened in its own patient's record.
"""
