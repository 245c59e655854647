using System.CommandLine.Parsing;
using ReproGate.Reports;
using ReproGate.TestKit;

namespace ReproGate.Corpus;

/// <summary>A repository that mutations are put into: committed, locked, passing or not, and always brought back to that.</summary>
/// <param name="Name">Its name in the tables.</param>
/// <param name="Repository">The working copy.</param>
/// <param name="Entry">What is built, relative to the root.</param>
/// <param name="Made">Whether it was made for the run: no commit of it says anything to others.</param>
/// <param name="ResetAll">Brings packages, home and feed back, for mutations that change these; null where such are not put in.</param>
internal sealed record Subject(string Name, TestRepository Repository, string Entry, bool Made, Action? ResetAll)
{
    /// <summary>The name of the demo's sample.</summary>
    public const string Sample = "sample";

    /// <summary>The name of generated repositories.</summary>
    public const string Generated = "generated";

    private const string Tool = "src/ReproGate.Cli/bin/Release/net10.0/reprogate.dll";

    /// <summary>The texts of the repository.</summary>
    public FaultFiles Files { get; } = new(Repository);

    /// <summary>The commit that the tables name, where it is not <see cref="Head"/>: what was prepared is known to nobody else.</summary>
    public string From { get; init; } = "";

    /// <summary>The commit that the tables name.</summary>
    public string Commit => From.Length > 0 ? From : Head;

    /// <summary>The commit that <see cref="Reset"/> goes back to.</summary>
    private string Head { get; } = Repository.Git("rev-parse", "HEAD").Output.Trim();

    /// <summary>Every tracked file.</summary>
    public IReadOnlyList<string> TrackedFiles => Repository.Git("-c", "core.quotePath=false", "ls-files").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private string[] Untracked => Repository.Git("-c", "core.quotePath=false", "ls-files", "--others", "--exclude-standard").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Takes the edits of mutations back; what was built stays, as on a developer's machine.</summary>
    /// <param name="deep">Whether packages, home and feed were changed too.</param>
    public void Reset(bool deep)
    {
        Repository.Environment.Clear();
        if (deep && ResetAll is not null)
        {
            ResetAll();
            return;
        }

        Repository.Git("reset", "--hard", "--quiet", Head);
        Repository.Git("clean", "-fdq");
    }

    /// <summary>Writes the lock files anew, as an author without the gate does, or as one with it.</summary>
    public ProcessResult Lock(bool gate) => gate
        ? Repository.Dotnet("msbuild", "-t:ReproGateLock", "-p:ReproGateMode=observe", Entry)
        : Repository.Dotnet("restore", Entry, "--force-evaluate", "-p:ReproGateEnabled=false", "-p:RestorePackagesWithLockFile=true");

    /// <summary>Restores and builds with the gate.</summary>
    public ProcessResult Gated(bool observe, IReadOnlyList<Fault> faults) => Repository.Dotnet(["build", Entry, .. observe ? ["-p:ReproGateMode=observe"] : Array.Empty<string>(), .. faults.SelectMany(static fault => fault.Arguments)]);

    /// <summary>Restores in locked mode and builds without the gate.</summary>
    /// <param name="faults">Whose arguments count.</param>
    /// <param name="even">Whether what still builds is built where restore fails, because other mutations are in it too.</param>
    public IReadOnlyList<Diagnostic> Plain(IReadOnlyList<Fault> faults, bool even)
    {
        string[] off = ["-p:ReproGateEnabled=false", "-p:RestorePackagesWithLockFile=true", "-p:RestoreLockedMode=true", .. faults.SelectMany(static fault => fault.Arguments)];
        if (!even)
        {
            return Repository.Dotnet(["build", Entry, "-p:RestoreForce=true", .. off]).Diagnostics;
        }

        ProcessResult restored = Repository.Dotnet(["restore", Entry, "--force", .. off]);
        ProcessResult built = Repository.Dotnet(["build", Entry, "--no-restore", .. off]);
        return [.. restored.Diagnostics.Concat(built.Diagnostics).Distinct()];
    }

    /// <summary>Restores in locked mode and builds everything anew without the gate and with all of its neighbours, and returns what these say.</summary>
    public IReadOnlyList<Diagnostic> Neighboured(IReadOnlyList<Fault> faults)
    {
        string[] off = ["-p:ReproGateEnabled=false", "-p:RestorePackagesWithLockFile=true", "-p:RestoreLockedMode=true", .. Neighbours.Arguments, .. faults.SelectMany(static fault => fault.Arguments)];
        return Neighbours.Said(
            Repository.Dotnet(["restore", Entry, "--force", .. off]),
            Repository.Dotnet(["build", Entry, "--no-restore", "--no-incremental", "-check", .. off]));
    }

    /// <summary>Lets <c>reprogate fix</c> mend what it can, and hands what it wrote to git, as whoever commits the mend does.</summary>
    public ProcessResult Fix()
    {
        HashSet<string> before = [.. Untracked];
        ProcessResult result = Repository.Run("dotnet", [Path.Combine(TestEnvironment.SourceRoot, Tool), "fix", Entry]);
        Repository.Git("add", "--update");
        foreach (string file in Untracked.Where(file => !before.Contains(file)))
        {
            Repository.Git("add", file);
        }

        return result;
    }

    /// <summary>Runs a command that a finding carries, in the repository's root.</summary>
    public ProcessResult Run(string command)
    {
        string[] words = [.. CommandLineParser.SplitCommandLine(command)];
        // The tool of this source tree, which no PATH knows.
        return words is ["reprogate", ..] ? Repository.Run("dotnet", [Path.Combine(TestEnvironment.SourceRoot, Tool), .. words[1..]]) : Repository.Run(words[0], words[1..]);
    }

    /// <summary>What the last build's reports hold, with edits and commands.</summary>
    public IReadOnlyList<ReportedFinding> Reported()
    {
        var findings = new List<ReportedFinding>();
        foreach (string file in Directory.EnumerateFiles(Repository.Root, "reprogate.sarif", SearchOption.AllDirectories))
        {
            findings.AddRange(SarifReader.Read(File.ReadAllBytes(file)));
        }

        return findings;
    }

    /// <summary>Puts a fault in: its edits, what its author runs, its variables.</summary>
    public void Put(Fault fault)
    {
        foreach (FaultEdit edit in fault.Edits)
        {
            Files.Apply(edit);
        }

        foreach (IReadOnlyList<string> command in fault.Prepare)
        {
            Repository.Dotnet([.. command, "-p:ReproGateEnabled=false", "-p:RestorePackagesWithLockFile=true"]);
        }

        foreach ((string name, string value) in fault.Environment)
        {
            Repository.Environment[name] = value;
        }
    }
}
