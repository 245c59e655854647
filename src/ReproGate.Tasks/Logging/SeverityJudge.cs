using System.Runtime.CompilerServices;
using ReproGate.Repository.AnalyzerConfigs;
using ReproGate.Severities;

namespace ReproGate.Tasks.Logging;

/// <summary>Gives findings the severity the user's settings ask for. Only here, and only when there is a finding, is Roslyn loaded.</summary>
internal static class SeverityJudge
{
    public static List<JudgedFinding> Judge(GateTask task, IReadOnlyList<Finding> findings) => findings.Count == 0 ? [] : JudgeLoaded(task, findings);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static List<JudgedFinding> JudgeLoaded(GateTask task, IReadOnlyList<Finding> findings)
    {
        AnalyzerConfigSeverities configured = AnalyzerConfigSeverities.Load(
            task.ProjectPath,
            task.RepositoryRoot,
            findings.Select(static finding => finding.Location.File),
            task.AnalyzerConfigFiles.Select(static item => item.GetMetadata("FullPath")));
        var settings = new SeveritySettings
        {
            NoWarn = SeveritySettings.ParseList(task.NoWarn),
            WarningsAsErrors = SeveritySettings.ParseList(task.WarningsAsErrors),
            WarningsNotAsErrors = SeveritySettings.ParseList(task.WarningsNotAsErrors),
            TreatWarningsAsErrors = task.TreatWarningsAsErrors,
            Observe = task.Mode.Trim().Equals("observe", StringComparison.OrdinalIgnoreCase),
        };
        SeveritySettings enforced = settings with { Observe = false };
        return
        [
            .. JudgedFinding.Distinct(findings).Select(finding =>
            {
                Severity? own = configured.Find(finding.Rule.Id, finding.Location.File);
                return new JudgedFinding(finding, SeverityResolver.Resolve(finding.Rule, finding.DefaultSeverity, own, settings))
                {
                    Enforced = SeverityResolver.Resolve(finding.Rule, finding.DefaultSeverity, own, enforced),
                };
            }),
        ];
    }
}
