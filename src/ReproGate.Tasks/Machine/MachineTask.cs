using System.Collections.Immutable;
using Microsoft.Build.Framework;
using ReproGate.Facts;
using ReproGate.Repository;
using ReproGate.Repository.Machine;

namespace ReproGate.Tasks;

/// <summary>What the checks of one project's inputs share: where files may come from, what is allowed, and which gates are on.</summary>
public abstract class MachineTask : ProjectGateTask
{
    /// <summary>Absolute path of <c>reprogate.allow.json</c>.</summary>
    [Required]
    public string AllowFile { get; set; } = "";

    public bool MachineEnabled { get; set; }

    public bool PackagesEnabled { get; set; }

    /// <summary>Whether the repository's root was found by git or named, not guessed: else nothing can be called outside.</summary>
    public bool RootIsKnown { get; set; }

    /// <summary>Directory.Build.props and its like, as the evaluation found them.</summary>
    public string SharedFiles { get; set; } = "";

    /// <summary>Folders of packages, SDK, MSBuild and output.</summary>
    public string Folders { get; set; } = "";

    public ITaskItem[] ProjectReferences { get; set; } = [];

    /// <summary>What git does not track.</summary>
    public ITaskItem[] RepositoryFacts { get; set; } = [];

    private protected Territory ReadTerritory() => BuildFolders.Of(RepositoryRoot, ProjectPath, PackageDirectory, Split(Folders));

    private protected MachineInputs NewInputs() => new()
    {
        ProjectPath = ProjectPath,
        RepositoryRoot = RepositoryRoot,
        Home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
        // A malformed list is told by the check of the repository.
        Allowed = AllowListReader.Read(AllowFile, out _),
    };

    private protected IEnumerable<Finding> OfEnabledGates(IEnumerable<Finding> findings) =>
        findings.Where(finding => finding.Rule.Gate switch { Gate.Machine => MachineEnabled, Gate.Packages => PackagesEnabled, _ => true });

    private protected static NamedFile Named(string type, ITaskItem item, string path) => new(type, item.ItemSpec, path, item.GetMetadata("DefiningProjectFullPath"));
}
