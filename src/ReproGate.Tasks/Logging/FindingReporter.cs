namespace ReproGate.Tasks.Logging;

/// <summary>Tells findings to MSBuild with the severity the user's settings give them.</summary>
internal sealed class FindingReporter(GateTask task)
{
    /// <summary>Logs every finding; true where none of them is an error.</summary>
    public bool Report(IReadOnlyList<Finding> findings)
    {
        foreach (Finding finding in findings)
        {
            Severity severity = finding.DefaultSeverity ?? finding.Rule.DefaultSeverity;
            string help = Path.Combine(task.PackageDirectory, "docs", "rules", finding.Rule.Id + ".md");
            SourceLocation at = finding.Location;
            if (severity == Severity.Error)
            {
                task.Log.LogError(null, finding.Rule.Id, null, help, at.File, at.Line, at.Column, 0, 0, "{0}", finding.Message);
            }
            else
            {
                task.Log.LogWarning(null, finding.Rule.Id, null, help, at.File, at.Line, at.Column, 0, 0, "{0}", finding.Message);
            }
        }

        return !task.Log.HasLoggedErrors;
    }

    public void WriteStamp()
    {
        Directory.CreateDirectory(task.IntermediateDirectory);
        File.WriteAllText(task.Stamp, "");
    }
}
