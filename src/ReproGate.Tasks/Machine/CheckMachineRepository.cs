using Microsoft.Build.Framework;
using ReproGate.Facts;
using ReproGate.Gates.Itself;
using ReproGate.Gates.Machine;
using ReproGate.Repository;
using ReproGate.Repository.Git;

namespace ReproGate.Tasks;

/// <summary>Judges, once per build, what all projects take from the machine alike: the pin of the .NET SDK, and the list of what is allowed; asks git what it does not track.</summary>
public sealed class CheckMachineRepository : GateTask
{
    /// <summary>The global.json above the projects; empty where there is none.</summary>
    public string GlobalJson { get; set; } = "";

    /// <summary>Version of the .NET SDK that builds.</summary>
    public string SdkVersion { get; set; } = "";

    /// <summary>Absolute path of <c>reprogate.allow.json</c>.</summary>
    [Required]
    public string AllowFile { get; set; } = "";

    /// <summary>Whether the machine gate is on; the packages gate asks for the rest.</summary>
    public bool MachineEnabled { get; set; }

    /// <summary>Whether to say that git could not be asked; the locked-restore gate says it too.</summary>
    public bool TellGit { get; set; }

    /// <summary>What git does not track (see <see cref="UntrackedItems"/>).</summary>
    [Output]
    public ITaskItem[] Facts { get; set; } = [];

    /// <summary>Whether anything was told, so that the check is run again on an up-to-date build to tell it again.</summary>
    [Output]
    public bool Told { get; set; }

    /// <inheritdoc />
    protected override IEnumerable<Finding> Judge()
    {
        List<Finding> findings = [];
        AllowListReader.Read(AllowFile, out MalformedFile? malformed);
        if (malformed is not null)
        {
            findings.Add(ReproGateFileMalformed.CheckAllowList(malformed));
        }

        if (MachineEnabled)
        {
            SdkPolicy policy = GlobalJsonReader.ReadPolicy(GlobalJson.Length > 0 ? GlobalJson : Path.Combine(RepositoryRoot, "global.json"));
            findings.AddRange(policy.Fault is { } fault ? [NotRead(policy, fault)] : SdkVersionLoose.Check(policy, RepositoryRoot, SdkVersion));
        }

        (UntrackedFiles? files, string reason) = GitReader.Untracked(RepositoryRoot, Cancellation);
        if (files is null && TellGit)
        {
            findings.Add(new Finding(
                RuleCatalog.CheckCouldNotRun,
                new SourceLocation(RepositoryRoot.TrimEnd('/', '\\')),
                $"Whether git tracks what is compiled and referenced was not checked, because {reason}.",
                "A file that git does not track exists on this machine only (RGATE2005, RGATE4004).",
                "Build from a git work tree where git is installed; where that is not wanted, as in a container build, add dotnet_diagnostic.RGATE0090.severity = none to .editorconfig.")
            {
                Subject = "git",
            });
        }

        Facts = UntrackedItems.ToItems(files);
        Told = findings.Count > 0;
        RepositoryFolder.Ignore(IntermediateDirectory, findings, Log);
        return findings;
    }

    private static Finding NotRead(SdkPolicy policy, string fault) => new(
        RuleCatalog.CheckCouldNotRun,
        policy.FaultLocation,
        $"Which .NET SDK {Path.GetFileName(policy.Path)} asks for was not checked: {fault}",
        "A loose pin passes unseen (RGATE4001).",
        "Correct the file.")
    {
        Subject = "global.json sdk",
    };
}
