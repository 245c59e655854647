using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using ReproGate.Tasks.Logging;

namespace ReproGate.Tasks;

/// <summary>
/// What every gate's task shares: the settings that decide a finding's severity, telling findings to MSBuild,
/// and the stamp that is written only when no finding is an error. A task gathers inputs, calls and logs; nothing else.
/// </summary>
public abstract class GateTask : Microsoft.Build.Utilities.Task, ICancelableTask
{
    private readonly CancellationTokenSource _cancellation = new();

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

    /// <summary>The file that stands for a passed check; empty where the task has none.</summary>
    public string Stamp { get; set; } = "";

    /// <summary>Cancelled when the build is.</summary>
    protected CancellationToken Cancellation => _cancellation.Token;

    /// <inheritdoc />
    public void Cancel() => _cancellation.Cancel();

    /// <summary>Reads the facts, applies the rules, returns the findings.</summary>
    protected abstract IEnumerable<Finding> Judge();

    /// <inheritdoc />
    public sealed override bool Execute()
    {
        try
        {
            List<Finding> findings = [.. Judge()];
            var reporter = new FindingReporter(this);
            bool passed = reporter.Report(findings);
            if (passed && Stamp.Length > 0)
            {
                reporter.WriteStamp();
            }

            return passed;
        }
        catch (OperationCanceledException) when (_cancellation.IsCancellationRequested)
        {
            return false;
        }
    }
}
