"""Holds small shared parts of screens, one widget a file.

May call theme, icons and tasks.
Must never know a service or a screen.

buttons   PrimaryButton Button LinkButton ToolButton
fields    Field (what every editor is: edited, value, set_value, draft, restore, show_error)
text      TextField NoteEdit          choice  ChoiceField SegmentField     check   CheckField
dates     DateField BirthField TimeField     numbers  NumberField MoneyField
search    SearchField Suggestion
form      Form                        drafts  DraftKeeper
table     ListTable                   model   Column RowsModel PagedModel Page
pill      Pill                        panel   Panel Section Empty Figure Line label
steprail  StepRail Step               trend   TrendChart Series Band Point   bars  BarChart Bar
toast     Toast                       stop    ConfirmStop                    pdfpreview  PdfPreview
settings  Remembered RememberedHere
"""
