using System.CommandLine;
using ReproGate.PackageNames;

var checkouts = new Argument<DirectoryInfo>("checkouts") { Description = "A folder whose subfolders are checkouts of repositories, one each." };
var existing = new Option<FileInfo?>("--existing") { Description = "A text file of ids known to exist on a feed, one a line: those enter the list with one reference too." };
var listOutput = new Option<FileInfo>("--output") { Description = "The list to write.", Required = true };
var wellKnown = new Command("well-known", "Counts the repositories that reference each package id, and writes the list of well-known ids.") { checkouts, existing, listOutput };
wellKnown.SetAction(parsed => WellKnownList.Write(parsed.GetValue(checkouts)!, parsed.GetValue(existing), parsed.GetValue(listOutput)!, Console.Out));

var confusables = new Argument<FileInfo>("confusables.txt") { Description = "Of Unicode Technical Standard 39." };
var unicodeData = new Argument<FileInfo>("UnicodeData.txt") { Description = "Of the Unicode Character Database, the same version." };
var derived = new Argument<FileInfo>("DerivedCoreProperties.txt") { Description = "Of the Unicode Character Database, the same version." };
var tableOutput = new Option<FileInfo>("--output") { Description = "The table to write.", Required = true };
var table = new Command("confusables", "Writes the table of characters that look like others, as far as package ids may hold them.") { confusables, unicodeData, derived, tableOutput };
table.SetAction(parsed => ConfusablesTable.Write(parsed.GetValue(confusables)!, parsed.GetValue(unicodeData)!, parsed.GetValue(derived)!, parsed.GetValue(tableOutput)!, Console.Out));

var corpus = new Argument<DirectoryInfo>("corpus") { Description = "The folder of misspelt.txt and legitimate.txt." };
var page = new Option<FileInfo?>("--output") { Description = "The page to write." };
var tuning = new Option<bool>("--tuning") { Description = "Only the half to tune on, with every miss." };
var measure = new Command("measure", "Measures suggestions and lookalikes on the corpus.") { corpus, page, tuning };
measure.SetAction(parsed => MeasureCommand.Run(parsed.GetValue(corpus)!, parsed.GetValue(page), parsed.GetValue(tuning), Console.Out));

return new RootCommand("Data and figures of the naming part of the packages gate.") { measure, wellKnown, table }.Parse(args).Invoke();
