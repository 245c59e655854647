using ReproGate.Facts;

namespace ReproGate.Gates.LockedRestore;

/// <summary>RGATE1011: in continuous integration the lock file is rewritten instead of enforced.</summary>
public static class LockedModeOff
{
    /// <summary>Judges one project of a CI build.</summary>
    public static IEnumerable<Finding> Check(RestoreDeclaration project, RepositoryFiles files)
    {
        if (!project.ContinuousIntegration || !project.LockFileEnabled)
        {
            yield break;
        }

        // NuGet lets a re-evaluation beat locked mode without a word, so it is the one to tell where both are wrong.
        if (project.ForceEvaluate)
        {
            yield return Found(project, files, "RestoreForceEvaluate", "true", "so NuGet ignores locked mode and rewrites the lock file", "Remove --force-evaluate from the CI build's command, or that property");
        }
        else if (!project.LockedMode)
        {
            yield return Found(project, files, "RestoreLockedMode", "false", "so NuGet rewrites a stale lock file instead of failing", "Remove that property (ReproGate sets it to true)");
        }
    }

    private static Finding Found(RestoreDeclaration project, RepositoryFiles files, string property, string value, string effect, string fix)
    {
        ProjectElement? setter = files.Properties(property).LastOrDefault(element => property == "RestoreLockedMode"
            ? !element.Text.Equals("true", StringComparison.OrdinalIgnoreCase)
            : element.Text.Equals("true", StringComparison.OrdinalIgnoreCase) || element.Text.Contains('$'));
        string where = setter is null ? " on the command line or by an environment variable" : "";
        return new Finding(
            RuleCatalog.LockedModeOff,
            setter?.Location ?? new SourceLocation(project.ProjectPath),
            $"In this CI build {property} of {Path.GetFileName(project.ProjectPath)} is {value}, set{(setter is null ? where : $" in {setter.Location.File}")}, {effect}.",
            "What CI then builds and publishes is not what was reviewed and committed.",
            $"{fix}, and commit the lock file that a restore on a developer's machine writes.")
        {
            Subject = property,
            Edits = setter?.TextSpan is { } span && !setter.Text.Contains('$', StringComparison.Ordinal) ? [span.Replace(property == "RestoreLockedMode" ? "true" : "false")] : [],
        };
    }
}
