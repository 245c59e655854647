using Microsoft.Build.Framework;
using ReproGate.Facts.Configuration;
using ReproGate.Gates.Configuration;

namespace ReproGate.Tasks.Configuration;

/// <summary>Prints, for one environment or all, each key with the provider that wins and what it shadows; secrets are not shown.</summary>
public sealed class ExplainConfiguration : ConfigurationTask
{
    /// <summary>Name of the environment in the matrix, or its .NET name; empty for all.</summary>
    public string Environment { get; set; } = "";

    /// <summary>
    /// A key or section, or the name of the variable that gives it: only what concerns it is printed, with where the code reads it, each line behind the application's name in
    /// brackets. <c>*</c>: everything, in the same form. Empty: everything.
    /// </summary>
    public string Key { get; set; } = "";

    /// <inheritdoc />
    protected override IEnumerable<Finding> Judge()
    {
        var findings = new List<Finding>();
        if (ReadMatrix(findings) is not { } matrix)
        {
            if (findings.Count == 0)
            {
                Log.LogMessage(MessageImportance.High, "There is no {0}. Write one: dotnet build -t:ReproGateInit", Path.GetFileName(MatrixFile));
            }

            return findings;
        }

        if (AppOf(matrix) is not { } app)
        {
            Log.LogMessage(MessageImportance.High, "{0} is no app of {1}.", RelativeProject, Path.GetFileName(MatrixFile));
            return findings;
        }

        if (Environment.Length > 0 && !matrix.Environments.Any(IsMeant))
        {
            Log.LogMessage(MessageImportance.High, "{0} has no environment '{1}', but: {2}.", Path.GetFileName(MatrixFile), Environment, string.Join(", ", matrix.Environments.Select(static environment => environment.Name)));
            return findings;
        }

        if (ReadCode(findings) is { } code)
        {
            var judged = new JudgedApp(ReadProviders(matrix, app, code));
            foreach (string line in Key is "" or "*" ? ConfigurationExplanation.Lines(judged, IsMeant) : ConfigurationExplanation.Why(judged, JudgedApp.KeyOfVariable(Key), IsMeant))
            {
                Log.LogMessage(MessageImportance.High, "{0}", Key.Length > 0 ? $"[{app.Name}] {line}" : line);
            }
        }

        return findings;
    }

    private bool IsMeant(MatrixEnvironment environment) => Environment.Length == 0 || environment.Name.Equals(Environment, StringComparison.OrdinalIgnoreCase) || environment.DotNetName.Equals(Environment, StringComparison.OrdinalIgnoreCase);
}
