using ReproGate.Facts;

namespace ReproGate.Gates.LockedRestore;

/// <summary>RGATE1001: the lock file is not enabled or missing, so each restore may choose other versions.</summary>
public static class LockFileMissing
{
    private const string Property = "RestorePackagesWithLockFile";

    /// <summary>Judges one project. A restore that is asked to re-evaluate (<c>--force-evaluate</c>) outside CI writes the lock file and passes.</summary>
    public static IEnumerable<Finding> Check(RestoreDeclaration project, RepositoryFiles files)
    {
        string name = Path.GetFileName(project.ProjectPath);
        if (!project.LockFileEnabled)
        {
            ProjectElement[] setters = [.. files.Properties(Property).Where(static element => element.Text.Equals("false", StringComparison.OrdinalIgnoreCase))];
            yield return new Finding(
                RuleCatalog.LockFileMissing,
                setters is [.., var last] ? last.Location : new SourceLocation(project.ProjectPath),
                $"{name} sets RestorePackagesWithLockFile to false, so its restore is not locked.",
                project.LockFileExists
                    ? "NuGet refuses that beside a lock file (NU1005) and does not say where it stands."
                    : "Every restore may then choose other versions of transitive packages than the build that was tested.",
                $"Remove that property (ReproGate sets it to true) and run: dotnet restore \"{project.ProjectPath}\" --force-evaluate")
            {
                Subject = "disabled",
                Edits = setters is [{ TextSpan: { } span }] ? [span.Replace("true")] : [],
            };
        }
        else if (!project.LockFileExists && !(project.ForceEvaluate && !project.ContinuousIntegration))
        {
            yield return new Finding(
                RuleCatalog.LockFileMissing,
                new SourceLocation(project.ProjectPath),
                $"{name} has no lock file: {project.LockFilePath} does not exist.",
                "NuGet's locked mode would silently create one here, and every machine its own.",
                $"Create it, then commit it: dotnet restore \"{project.ProjectPath}\" --force-evaluate")
            {
                Subject = "missing",
                Command = $"dotnet restore \"{project.ProjectPath}\" --force-evaluate",
            };
        }
    }
}
