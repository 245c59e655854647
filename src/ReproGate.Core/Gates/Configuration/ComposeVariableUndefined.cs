using ReproGate.Facts.Configuration;

namespace ReproGate.Gates.Configuration;

/// <summary>RGATE3044: compose puts a variable into a file that neither a default, <c>.env</c> nor the matrix knows.</summary>
public static class ComposeVariableUndefined
{
    /// <summary>Judges the variables of compose files; one that compose itself insists on (<c>${X:?}</c>) fails loudly and is fine.</summary>
    public static IEnumerable<Finding> Check(JudgedApp app)
    {
        var told = new HashSet<SourceLocation>();
        foreach (JudgedEnvironment environment in app.Environments)
        {
            foreach (InterpolatedVariable variable in environment.Facts.Set.Interpolations)
            {
                if (variable is { Form: InterpolationForm.Plain, DefinedAt: null } && !IsDeclared(app, variable) && IsOfApp(app, variable) && told.Add(variable.Location))
                {
                    yield return new Finding(
                        RuleCatalog.ComposeVariableUndefined,
                        variable.Location,
                        $"{Path.GetFileName(variable.File)} takes {variable.Name} from the shell, and neither a default, .env nor {Path.GetFileName(app.Facts.Matrix.File)} knows it.",
                        "On a machine without it compose puts in an empty text and goes on.",
                        $"Write ${{{variable.Name}:?}} where it must be given, ${{{variable.Name}:-default}} where it need not, or declare it: \"{variable.Name}\": \"string\" in \"keys\".")
                    {
                        Subject = $"{app.Name} {variable.Name}",
                    };
                }
            }
        }
    }

    // What stands in another application's service is told when that is built.
    private static bool IsOfApp(JudgedApp app, InterpolatedVariable variable)
    {
        bool own = app.Facts.App.Sources.Values.SelectMany(static sources => sources).Any(source => source.Kind == "compose" && source.Target.Equals(variable.Service, StringComparison.Ordinal));
        bool others = app.Facts.Matrix.Apps.Where(other => other.Name != app.Name).SelectMany(static other => other.Sources.Values).SelectMany(static sources => sources).Any(source => source.Kind == "compose" && source.Target.Equals(variable.Service, StringComparison.Ordinal));
        return own || !others;
    }

    private static bool IsDeclared(JudgedApp app, InterpolatedVariable variable) => app.Facts.Matrix.Keys.Any(row => row.Key.Equals(variable.Name, StringComparison.Ordinal));
}
