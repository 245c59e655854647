using ReproGate.Facts.Configuration;

namespace ReproGate.Gates.Configuration;

/// <summary>RGATE3003: a required key that in some environment only a developer's source would give (<c>.env</c>, launch settings, user secrets).</summary>
public static class KeyFromDeveloperOnly
{
    /// <summary>Judges what is missing.</summary>
    public static IEnumerable<Finding> Check(JudgedApp app)
    {
        foreach (MissingKey missing in KeyMissingInEnvironment.Missing(app))
        {
            if (missing.Cause is not ({ DeveloperOnly: true } provider, { } key))
            {
                continue;
            }

            string environment = missing.Environment.Environment.Name;
            yield return new Finding(
                RuleCatalog.KeyFromDeveloperOnly,
                key.Location.File.StartsWith(app.Facts.RepositoryRoot, StringComparison.Ordinal) ? key.Location : missing.Row.Location,
                $"'{missing.Row.Key}' is required in {app.Name}, and in the environment '{environment}' nothing gives it: only {provider.Name} has it, which is a developer's own.",
                $"It works on the machine that has that source, and fails in {environment}.",
                $"Give it in {environment} as well: in appsettings.{missing.Environment.Environment.DotNetName}.json or what deploys it (as {missing.Row.Key.Replace(":", "__", StringComparison.Ordinal)}); or write \"{environment}\": \"external:…\" in its row in {Path.GetFileName(app.Facts.Matrix.File)}, line {missing.Row.Location.Line}.")
            {
                Subject = $"{app.Name} {environment} {missing.Row.Key}",
            };
        }
    }
}
