using ReproGate.Facts.Configuration;

namespace ReproGate.Gates.Configuration;

/// <summary>RGATE3021: something gives a key when the application runs, and the key is frozen when it is built.</summary>
public static class RuntimeValueForBuildKey
{
    /// <summary>Judges the rows with the phase <c>build</c>.</summary>
    public static IEnumerable<Finding> Check(JudgedApp app)
    {
        var told = new HashSet<SourceLocation>();
        foreach (MatrixKey row in app.Rows.Where(static row => row.BuildPhase))
        {
            foreach (JudgedEnvironment environment in app.Environments)
            {
                foreach (ProviderFacts provider in environment.Loaded.Concat(environment.Facts.Set.Variables).Where(static provider => provider.Origin is not (ProviderOrigin.BaseImage or ProviderOrigin.DockerfileArg or ProviderOrigin.Code)))
                {
                    foreach (ProvidedKey key in provider.Keys.Where(key => (JudgedApp.Covers(row, key.Key) || row.Key.Equals(key.WrittenAs, StringComparison.OrdinalIgnoreCase)) && told.Add(key.Location)))
                    {
                        yield return new Finding(
                            RuleCatalog.RuntimeValueForBuildKey,
                            key.Location,
                            $"{provider.Name} sets '{row.Key}' for the running {app.Name}, and {Path.GetFileName(app.Facts.Matrix.File)} says that it is frozen when it is built (line {row.Location.Line}).",
                            "The value has no effect: what was built in stays.",
                            $"Hand it to the build (a build argument, or a property of the build), or take \"build\" out of the row where the code does read it when it runs.")
                        {
                            Subject = $"{app.Name} {row.Key}",
                        };
                    }
                }
            }
        }
    }
}
