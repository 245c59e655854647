using System.CommandLine;
using ReproGate.Cli.Jobs;
using ReproGate.CleanRoom.Jobs;

namespace ReproGate.Cli.Commands;

/// <summary><c>reprogate cleanroom merge</c>: the results of many jobs as one.</summary>
internal static class CleanRoomMergeCommand
{
    public static Command Create()
    {
        var path = new Argument<string[]>("result") { Description = "Folders with results, at any depth, and files cleanroom.json.", Arity = ArgumentArity.OneOrMore };
        var of = new Option<string?>("--of") { Description = "The matrix: a job of it that has no result is told." };
        var output = new Option<string?>("--output", "-o") { Description = "The folder of the merged reports; the first folder that is named where it is left out." };
        var format = new Option<string>("--format") { Description = "How findings are written to standard output.", DefaultValueFactory = static _ => "text" };
        format.AcceptOnlyFromAmong(CheckCommand.Formats);
        var command = new Command("merge", "Merges the results of many jobs. The exit code is that of the worst.") { path, of, output, format };
        command.SetAction(parsed => Merge(parsed.GetValue(path)!, parsed.GetValue(of), parsed.GetValue(output), parsed.GetValue(format)!));
        return command;
    }

    private static int Merge(string[] paths, string? of, string? output, string format)
    {
        JobMatrix? matrix = null;
        var results = new List<JobResult>();
        var unreadable = new List<UnreadableResult>();
        try
        {
            matrix = of is null ? null : JobMatrixFile.ReadFile(of);
        }
        catch (InvalidDataException exception)
        {
            throw new ToolException($"the matrix {of} cannot be used: {exception.Message}. Write it again: reprogate cleanroom matrix --format json > matrix.json");
        }

        IReadOnlyList<string> files;
        try
        {
            files = JobResultFiles.Find(paths);
        }
        catch (InvalidDataException exception)
        {
            throw new ToolException($"{exception.Message}. Name folders with results of clean rooms (cleanroom.json).");
        }

        foreach (string file in files)
        {
            try
            {
                results.Add(JobResultReader.Read(file) with { Place = Shown(file) });
            }
            catch (InvalidDataException exception)
            {
                unreadable.Add(new UnreadableResult(Shown(file), exception.Message));
            }
        }

        if (matrix is null && files.Count == 0)
        {
            throw new ToolException($"there is no cleanroom.json in {string.Join(", ", paths)}. Download the results of the jobs first.");
        }

        MergedJobs merged = MergedJobs.Of(matrix, results, unreadable);
        string folder = Path.GetFullPath(output ?? paths.FirstOrDefault(Directory.Exists) ?? ".");
        Repo repo = Repo.At(Environment.CurrentDirectory);
        JobReports.Write(folder, repo.Root, merged);
        return JobReports.Tell(repo, merged, format);
    }

    // As a person who typed the folder knows it.
    private static string Shown(string file) => Path.GetRelativePath(Environment.CurrentDirectory, file) is var relative && relative.StartsWith("..", StringComparison.Ordinal) ? file : relative.Replace('\\', '/');
}
