using System.Text.RegularExpressions;
using ReproGate.Facts.Configuration;

namespace ReproGate.Gates.Configuration;

/// <summary>RGATE3040: a value is a path of one machine: a drive, somebody's home, a share, or backslashes where it must work elsewhere.</summary>
public static partial class MachinePathInValue
{
    /// <summary>Judges values that are effective somewhere else than on a developer's machine, and constants that name somebody's home.</summary>
    public static IEnumerable<Finding> Check(JudgedApp app)
    {
        var told = new HashSet<SourceLocation>();
        foreach (JudgedEnvironment environment in app.Environments.Where(static environment => !environment.Facts.IsDevelopers))
        {
            foreach (EffectiveKey key in environment.Effective.Keys)
            {
                if (key.Value is not { ValueIsKnown: true, Value: { Length: > 1 and < 4096 } value } || HostKeys.Has(key.Key) || !app.IsRead(key.Key) || Kind(app, key.Key, value) is not { } kind || !told.Add(key.Value.Location))
                {
                    continue;
                }

                yield return Found(app, key.Key, key.Value.Location, $"'{key.Key}' from {key.Winner.Name} is {kind}, and counts in the environment '{environment.Environment.Name}'.", "Write a path relative to the application with '/', or give it for each environment.");
            }
        }

        foreach (LiteralConstant literal in app.Facts.Code.Literals.Where(static literal => literal.Text.Length < 4096 && SomebodysHome().IsMatch(literal.Text)))
        {
            if (literal.Location is { } location && told.Add(location))
            {
                yield return Found(app, literal.Assembly, location, $"{literal.Assembly} holds a path in somebody's home as a constant.", "Take the folder from the configuration, or from Environment.GetFolderPath.");
            }
        }
    }

    private static string? Kind(JudgedApp app, string key, string value) =>
        SomebodysHome().IsMatch(value) || value.StartsWith("~/", StringComparison.Ordinal) ? "a path in somebody's home"
        : Drive().IsMatch(value) ? "a path on a drive of Windows"
        : Share().IsMatch(value) ? "a share of a Windows network"
        : value.Contains('\\', StringComparison.Ordinal) && IsPath(app, key) ? "a path with backslashes"
        : null;

    private static bool IsPath(JudgedApp app, string key) => app.RowsFor(key).Any(static row => row.Type == ConfigurationValueType.Path) || app.Reads.Any(read => read.Type == ConfigurationValueType.Path && KeyPattern.Covers(read.Key, key));

    private static Finding Found(JudgedApp app, string key, SourceLocation location, string what, string fix) => new(
        RuleCatalog.MachinePathInValue,
        location,
        what,
        "Another machine or a container has no such path.",
        fix)
    {
        Subject = $"{app.Name} {key}",
    };

    [GeneratedRegex(@"^(?:/home/[^/\s]+/|/Users/[^/\s]+/|[A-Za-z]:[\\/]Users[\\/][^\\/\s]+[\\/])", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex SomebodysHome();

    [GeneratedRegex(@"^[A-Za-z]:[\\/](?![\\/])", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Drive();

    [GeneratedRegex(@"^\\\\[A-Za-z0-9._-]+\\[^\\]+", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Share();
}
