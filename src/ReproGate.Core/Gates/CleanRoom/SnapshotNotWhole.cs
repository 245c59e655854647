using System.Collections.Immutable;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.Gates.CleanRoom;

/// <summary>RGATE4103: what git holds is not all that the build needs.</summary>
public static class SnapshotNotWhole
{
    private const int MostNamed = 5;
    private static readonly string[] HistoryTools = ["MinVer", "Nerdbank.GitVersioning", "GitVersion.MsBuild", "GitVersion.Tool", "GitInfo", "minver-cli", "nbgv", "Dunet.GitVersion", "Verlite.MsBuild", "verlite.cli"];

    /// <summary>Whether a package or tool makes the version out of git's history.</summary>
    public static bool IsVersionTool(string id) => HistoryTools.Contains(id, StringComparer.OrdinalIgnoreCase);

    /// <summary>Judges a snapshot.</summary>
    public static IEnumerable<Finding> Check(SnapshotFacts snapshot)
    {
        if (!snapshot.MissingSubmodules.IsEmpty)
        {
            string modules = Path.Combine(snapshot.RepositoryRoot, ".gitmodules");
            yield return new Finding(
                RuleCatalog.SnapshotNotWhole,
                new SourceLocation(modules),
                $"{Named(snapshot.MissingSubmodules, "submodule")} not checked out here at the commit that is recorded.",
                "The clean room builds from what git holds, and so does every fresh clone.",
                "git submodule update --init --recursive")
            {
                Subject = "submodules",
                Command = "git submodule update --init --recursive",
            };
        }

        foreach (string pointer in snapshot.LfsPointers.Take(MostNamed))
        {
            yield return new Finding(
                RuleCatalog.SnapshotNotWhole,
                new SourceLocation(Path.Combine(snapshot.RepositoryRoot, pointer), 1, 1),
                $"{pointer} is a pointer of Git LFS here, and its content was not fetched{(snapshot.LfsPointers.Length > MostNamed ? $" ({snapshot.LfsPointers.Length} such files)" : "")}.",
                "The build would take the pointer's text for the file.",
                "git lfs pull")
            {
                Subject = pointer,
                Command = "git lfs pull",
            };
        }

        if (snapshot.IsShallow && snapshot.VersionTools is [{ } tool, ..])
        {
            yield return new Finding(
                RuleCatalog.SnapshotNotWhole,
                tool.Location,
                $"{tool.Id} makes the version out of git's history, and this clone is shallow.",
                "Cut off elsewhere, the same commit gets another version.",
                "Fetch the history, git fetch --unshallow; in CI ask the checkout for all of it (actions/checkout: fetch-depth: 0).")
            {
                Subject = "history",
                Command = "git fetch --unshallow",
            };
        }

        foreach (ImmutableArray<string> collision in snapshot.CaseCollisions.Take(MostNamed))
        {
            yield return new Finding(
                RuleCatalog.SnapshotNotWhole,
                new SourceLocation(Path.Combine(snapshot.RepositoryRoot, collision[0])),
                $"{string.Join(" and ", collision)} differ only in case.",
                "On Windows and macOS one of them takes the other's place, so a clone there is not what was committed.",
                $"Rename one of them: git mv \"{collision[1]}\" …")
            {
                Subject = collision[0],
            };
        }
    }

    /// <summary>Judges a file that the build asked for in the room, and that exists only in this work tree.</summary>
    /// <param name="failure">What failed.</param>
    /// <param name="repositoryRoot">Absolute path of the repository's root.</param>
    public static Finding CheckNeeded(RoomFailure failure, string repositoryRoot)
    {
        string command = $"git add {(failure.IsIgnored ? "--force " : "")}\"{failure.Input}\"";
        return new Finding(
            RuleCatalog.SnapshotNotWhole,
            new SourceLocation(Path.Combine(repositoryRoot, failure.Input), 1, 1),
            $"The build needs {failure.Input}, which exists here and which git {(failure.IsIgnored ? "ignores" : "does not track")}: without it, {failure.Error.Code} {failure.Error.Message.TrimEnd('.')} ({failure.Error.Project}).",
            "Whoever clones the repository does not have that file.",
            $"Commit it: {command}. Where the build should write it itself, let a target do so below $(IntermediateOutputPath).")
        {
            Subject = failure.Input,
            Command = command,
        };
    }

    /// <summary>Judges sources of a failing project that git does not hold: a glob takes them in here, and the room has none of them.</summary>
    /// <param name="failure">What failed.</param>
    /// <param name="repositoryRoot">Absolute path of the repository's root.</param>
    public static Finding CheckSuspects(RoomFailure failure, string repositoryRoot)
    {
        string command = $"git add {string.Join(' ', failure.Suspects.Take(MostNamed).Select(static path => $"\"{path}\""))}";
        return new Finding(
            RuleCatalog.SnapshotNotWhole,
            new SourceLocation(Path.Combine(repositoryRoot, failure.Suspects[0]), 1, 1),
            $"{Named(failure.Suspects, "source")} in this work tree only: git does not hold {(failure.Suspects.Length == 1 ? "it" : "them")}, and without {(failure.Suspects.Length == 1 ? "it" : "them")} the build of {failure.Error.Project} ends with {failure.Error.Code}: {failure.Error.Message}",
            "A glob takes such files in here, and a fresh clone does not have them.",
            $"Commit what belongs to the repository: {command}. Move away what does not.")
        {
            Subject = failure.Suspects[0],
            Command = command,
        };
    }

    private static string Named(ImmutableArray<string> paths, string what) =>
        $"{string.Join(", ", paths.Take(MostNamed))}{(paths.Length > MostNamed ? $" and {paths.Length - MostNamed} more" : "")} {(paths.Length == 1 ? $"is a {what}" : $"are {what}s")}";
}
