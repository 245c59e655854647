using Microsoft.Build.Framework;
using ReproGate.Tasks.Logging;

namespace ReproGate.Tasks;

/// <summary>
/// What every gate's task shares: the settings that decide a finding's severity, telling findings to MSBuild,
/// and the stamp that is written only when no finding is an error. A task gathers inputs, calls and logs; nothing else.
/// </summary>
public abstract class GateTask : CancelableTask
{
    /// <summary>Absolute path of the project that is judged.</summary>
    [Required]
    public string ProjectPath { get; set; } = "";

    /// <summary>The repository's root, with a trailing separator.</summary>
    [Required]
    public string RepositoryRoot { get; set; } = "";

    /// <summary>The target framework of this evaluation; empty in the outer build of a multi-targeting project.</summary>
    public string TargetFramework { get; set; } = "";

    /// <summary>Where the package's own files (rule pages) lie.</summary>
    [Required]
    public string PackageDirectory { get; set; } = "";

    /// <summary>The address below which rule pages are published, ending in a separator; empty for the pages inside the package.</summary>
    public string HelpLinkBase { get; set; } = "";

    /// <summary><c>enforce</c> or <c>observe</c>.</summary>
    public string Mode { get; set; } = "enforce";

    /// <summary>Whether this is a CI build.</summary>
    public bool ContinuousIntegration { get; set; }

    public string NoWarn { get; set; } = "";

    public string WarningsAsErrors { get; set; } = "";

    public string WarningsNotAsErrors { get; set; } = "";

    public bool TreatWarningsAsErrors { get; set; }

    /// <summary>Analyzer configuration files named by the build, beside those that are discovered above the project.</summary>
    public ITaskItem[] AnalyzerConfigFiles { get; set; } = [];

    /// <summary>The project's own folder for intermediate files, with a trailing separator.</summary>
    [Required]
    public string IntermediateDirectory { get; set; } = "";

    /// <summary>
    /// The file that stands for a passed check, named <c>&lt;check&gt;.&lt;target framework&gt;.&lt;hash of all inputs&gt;.ok</c>; empty where the task has none.
    /// It holds the warnings that stand (see <see cref="StandingWarning"/>), for ReproGate.Reporting.targets to tell again.
    /// </summary>
    public string Stamp { get; set; } = "";

    /// <summary>All target frameworks the project has, where the task is told: findings about others are then taken out of the report.</summary>
    protected internal virtual IReadOnlyCollection<string> AllTargetFrameworks => [];

    /// <summary>False where what was told may change without any input of the stamp: the check then runs again in the next build.</summary>
    protected internal virtual bool IsSettled => true;

    /// <summary>What the SARIF file must say of the check itself, beside its findings; none for most.</summary>
    protected internal virtual IReadOnlyList<string> Remarks => [];

    /// <summary>Reads the facts, applies the rules, returns the findings.</summary>
    protected abstract IEnumerable<Finding> Judge();

    /// <inheritdoc />
    protected sealed override bool Run()
    {
        List<Finding> findings = [.. Judge()];
        return new FindingReporter(this).Report(findings, Cancellation);
    }
}
