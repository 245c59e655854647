using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Build.Framework;
using ReproGate.Reports;

namespace ReproGate.Tasks.Logging;

/// <summary>Tells findings: to MSBuild with the severity the user's settings give them, to the project's SARIF file, and to the stamp.</summary>
internal sealed class FindingReporter(GateTask task)
{
    private readonly GateState _state = new(task.IntermediateDirectory, task.Stamp, $"{task.GetType().Name}.{task.TargetFramework}", task.TargetFramework);

    /// <summary>Tells every finding; true where none of them is an error. A stamp is written only then.</summary>
    public bool Report(IReadOnlyList<Finding> findings, CancellationToken cancellation)
    {
        List<JudgedFinding> judged = AcceptedFindings.Apply(task, SeverityJudge.Judge(task, findings), Paths, IsRestoring());
        try
        {
            WriteReport(judged, cancellation);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            judged.AddRange(SeverityJudge.Judge(task, [ReportNotWritten(exception)]));
        }

        judged.RemoveAll(finding => finding.Severity == Severity.Warning && !IsFirstToTell(finding.Finding));
        bool passed = judged.TrueForAll(static finding => finding.Severity != Severity.Error);
        List<string> warnings = [.. judged.Where(static finding => finding.Severity == Severity.Warning).Select(ToLine)];
        Tell(judged, warnings);
        if (passed && task.IsSettled)
        {
            _state.WriteStamp(warnings);
        }
        else
        {
            _state.DropStamps();
        }

        return passed;
    }

    /// <summary>
    /// A warning about what projects share (Directory.Packages.props, NuGet.config, a package source) is told by the first project of a node that meets
    /// it, not by each of two hundred; every project's SARIF file keeps it. Errors are never left out: they must fail their own project.
    /// </summary>
    private bool IsFirstToTell(Finding finding)
    {
        string directory = Path.GetDirectoryName(task.ProjectPath) + Path.DirectorySeparatorChar;
        if (finding.SharedCause.Length == 0 && finding.Location.File.StartsWith(directory, StringComparison.Ordinal))
        {
            return true;
        }

        ConcurrentDictionary<string, string> told = BuildMemory.Of(task.BuildEngine, $"{nameof(FindingReporter)}.{(IsRestoring() ? "restore" : "build")}", static () => new ConcurrentDictionary<string, string>(StringComparer.Ordinal));
        string teller = $"{task.ProjectPath}|{task.TargetFramework}";
        return told.GetOrAdd(SharedFault.KeyOf(finding), teller) == teller;
    }

    private void Tell(List<JudgedFinding> judged, List<string> warnings)
    {
        bool restoring = IsRestoring();
        HashSet<string> told = warnings.Count > 0 && !restoring ? _state.TakeTold() : [];
        foreach (JudgedFinding finding in judged)
        {
            if (finding.Severity != Severity.Warning || !told.Contains(ToLine(finding)))
            {
                Tell(finding);
            }
        }

        if (restoring)
        {
            _state.WriteTold(warnings);
        }
    }

    private void Tell(JudgedFinding judged)
    {
        Finding finding = judged.Finding;
        SourceLocation at = finding.Location;
        string id = finding.Rule.Id;
        switch (judged.Severity)
        {
            case Severity.Error:
                task.Log.LogError(null, id, null, HelpLink(finding.Rule), at.File, at.Line, at.Column, 0, 0, "{0}", finding.Message);
                break;
            case Severity.Warning:
                task.Log.LogWarning(null, id, null, HelpLink(finding.Rule), at.File, at.Line, at.Column, 0, 0, "{0}", finding.Message);
                break;
            case Severity.Info:
                task.Log.LogMessage(null, id, null, at.File, at.Line, at.Column, 0, 0, MessageImportance.Normal, "{0}", finding.Message);
                break;
        }
    }

    private void WriteReport(List<JudgedFinding> judged, CancellationToken cancellation)
    {
        var folder = new SarifFolder(task.IntermediateDirectory);
        if (judged.Count > 0 || task.Remarks.Count > 0 || !folder.IsClean)
        {
            WriteSarif(folder, judged, cancellation);
        }
    }

    // Apart from its caller, so that a check that finds nothing again compiles none of this.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteSarif(SarifFolder folder, List<JudgedFinding> judged, CancellationToken cancellation)
    {
        ReportPaths paths = Paths();
        byte[]? part = judged.Count > 0 || task.Remarks.Count > 0 ? SarifPart.Write(task.TargetFramework, judged, paths, AcceptedFindings.CheckOf(task, paths), task.Remarks) : null;
        folder.Update(
            _state,
            part,
            new SarifRun(paths.Locate(task.ProjectPath).Uri, Version(), RulePage, HelpLinkBase(), task.AllTargetFrameworks),
            cancellation);
    }

    internal ReportPaths Paths() => new(
            task.RepositoryRoot,
            [
                ("HOME", Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), "~"),
                ("PACKAGES", Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? "", "$NUGET_PACKAGES"),
                ("TEMP", Path.GetTempPath(), "$TMPDIR"),
            ],
            ignoreCase: !OperatingSystem.IsLinux());

    private Finding ReportNotWritten(Exception exception) => new(
        RuleCatalog.CheckCouldNotRun,
        new SourceLocation(task.ProjectPath),
        $"The SARIF report in {task.IntermediateDirectory} could not be written: {exception.Message}",
        "A tool that reads it sees an older state.",
        "Make that folder writable for the user who builds, then build again.")
    {
        Subject = "sarif",
    };

    private string ToLine(JudgedFinding judged) =>
        StandingWarning.ToLine(judged.Finding.Rule.Id, judged.Finding.Location, HelpLink(judged.Finding.Rule), judged.Finding.Message);

    /// <summary>The rule's page: published where the user says so, else the one inside the package.</summary>
    private string HelpLink(Rule rule) => HelpLinkBase() is { } address ? address + rule.Id : Page(rule);

    private string? HelpLinkBase() => task.HelpLinkBase.Length > 0 ? task.HelpLinkBase : null;

    private string Page(Rule rule) => Path.Combine(task.PackageDirectory, "docs", "rules", rule.Id + ".md");

    private string? RulePage(Rule rule) => File.Exists(Page(rule)) ? File.ReadAllText(Page(rule)) : null;

    internal static string Version() =>
        typeof(FindingReporter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private bool IsRestoring() =>
        task.BuildEngine6.GetGlobalProperties().TryGetValue("MSBuildIsRestoring", out string? value) && value.Equals("true", StringComparison.OrdinalIgnoreCase);
}
