using ReproGate.TestKit;

namespace ReproGate.Corpus;

/// <summary>A repository that mutations are put into: committed, locked, passing or not, and always brought back to that.</summary>
/// <param name="Name">Its name in the tables.</param>
/// <param name="Repository">The working copy.</param>
/// <param name="Entry">What is built, relative to the root.</param>
/// <param name="ResetAll">Brings packages, home and feed back, for mutations that change these; null where such are not put in.</param>
internal sealed record Subject(string Name, TestRepository Repository, string Entry, Action? ResetAll)
{
    private const string Tool = "src/ReproGate.Cli/bin/Release/net10.0/reprogate.dll";

    /// <summary>The texts of the repository.</summary>
    public FaultFiles Files { get; } = new(Repository);

    /// <summary>The commit that <see cref="Reset"/> goes back to.</summary>
    public string Commit { get; } = Repository.Git("rev-parse", "HEAD").Output.Trim();

    /// <summary>Every tracked file.</summary>
    public IReadOnlyList<string> TrackedFiles => Repository.Git("-c", "core.quotePath=false", "ls-files").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

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

        Repository.Git("reset", "--hard", "--quiet", Commit);
        Repository.Git("clean", "-fdq");
    }

    /// <summary>Writes the lock files anew, as an author without the gate does, or as one with it.</summary>
    public ProcessResult Lock(bool gate) => gate
        ? Repository.Dotnet("msbuild", "-t:ReproGateLock", "-p:ReproGateMode=observe", Entry)
        : Repository.Dotnet("restore", Entry, "--force-evaluate", "-p:ReproGateEnabled=false", "-p:RestorePackagesWithLockFile=true");

    /// <summary>Restores and builds with the gate.</summary>
    public ProcessResult Gated(bool observe, IReadOnlyList<Fault> faults) => Repository.Dotnet(["build", Entry, .. observe ? ["-p:ReproGateMode=observe"] : Array.Empty<string>(), .. faults.SelectMany(static fault => fault.Arguments)]);

    /// <summary>Restores in locked mode and builds without the gate; where restore fails, also what still builds.</summary>
    public IReadOnlyList<Diagnostic> Plain(IReadOnlyList<Fault> faults)
    {
        string[] off = ["-p:ReproGateEnabled=false", "-p:RestorePackagesWithLockFile=true", "-p:RestoreLockedMode=true", .. faults.SelectMany(static fault => fault.Arguments)];
        ProcessResult restored = Repository.Dotnet(["restore", Entry, "--force", .. off]);
        ProcessResult built = Repository.Dotnet(["build", Entry, "--no-restore", .. off]);
        return [.. restored.Diagnostics.Concat(built.Diagnostics).Distinct()];
    }

    /// <summary>Lets <c>reprogate fix</c> mend what it can.</summary>
    public ProcessResult Fix() => Repository.Run("dotnet", [Path.Combine(TestEnvironment.SourceRoot, Tool), "fix", Entry]);

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
