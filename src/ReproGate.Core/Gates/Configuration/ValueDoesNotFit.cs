using System.Collections.Immutable;
using System.Globalization;
using ReproGate.Facts.Configuration;

namespace ReproGate.Gates.Configuration;

/// <summary>RGATE3007: a value, or the shape of a section, does not fit the type that the matrix declares or the code asks for.</summary>
public static class ValueDoesNotFit
{
    /// <summary>Judges the value that counts in each environment; one finding for each place.</summary>
    public static IEnumerable<Finding> Check(JudgedApp app)
    {
        var told = new HashSet<SourceLocation>();
        foreach (JudgedEnvironment environment in app.Environments)
        {
            foreach (EffectiveKey key in environment.Effective.Keys)
            {
                if (!key.Value.ValueIsKnown || HostKeys.Has(key.Key) || TypeOf(app, key.Key) is not { } asked || !told.Add(key.Value.Location))
                {
                    continue;
                }

                if (Problem(app, environment, key, asked) is { } problem)
                {
                    yield return new Finding(
                        RuleCatalog.ValueDoesNotFit,
                        key.Value.Location,
                        $"'{key.Key}' is {Article(asked)}, and {key.Winner.Name} gives {problem}.",
                        asked.Type is ConfigurationValueType.Array or ConfigurationValueType.Object
                            ? $"The binder takes nothing from it and says nothing, so {app.Name} runs without in {environment.Environment.Name}."
                            : $"{app.Name} fails, or runs with another value, when it reads the key in {environment.Environment.Name}.",
                        $"Write {Wanted(asked)} there, or correct the type in {Path.GetFileName(app.Facts.Matrix.File)}.")
                    {
                        Subject = $"{app.Name} {key.Key}",
                    };
                }
            }
        }
    }

    /// <summary>Whether a value can be converted to a type, as .NET's converters do it.</summary>
    public static bool Fits(ConfigurationValueType type, ImmutableArray<string> members, string value) => type switch
    {
        ConfigurationValueType.Int => IsInteger(value),
        ConfigurationValueType.Number => double.TryParse(value, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out _),
        ConfigurationValueType.Bool => bool.TryParse(value.Trim(), out _),
        ConfigurationValueType.Url => IsUrl(value),
        ConfigurationValueType.Port => int.TryParse(value.Trim(), NumberStyles.Integer, CultureInfo.InvariantCulture, out int port) && port is >= 0 and <= 65535,
        ConfigurationValueType.Duration => TimeSpan.TryParse(value, CultureInfo.InvariantCulture, out _),
        ConfigurationValueType.Enum => members.IsDefaultOrEmpty || value.Split(',', StringSplitOptions.TrimEntries).All(part => members.Contains(part, StringComparer.OrdinalIgnoreCase) || IsInteger(part)),
        _ => true,
    };

    private static string? Problem(JudgedApp app, JudgedEnvironment environment, EffectiveKey key, Asked asked)
    {
        string? value = key.Value.Value;
        if (asked.Type is ConfigurationValueType.Array or ConfigurationValueType.Object)
        {
            // A text in place of a list or object; an empty one stands for "none".
            return !string.IsNullOrEmpty(value) && !key.Value.EmptyContainer && environment.Effective.Below(key.Key).IsEmpty
                ? "a single value"
                : null;
        }

        if (key.Value.EmptyContainer)
        {
            return "an empty object or array";
        }

        // An empty text often means "not set", and code that can do without looks for it.
        if (value is null || SecretText.IsPlaceholder(value) || Fits(asked.Type, asked.Members, value))
        {
            return null;
        }

        bool secret = key.Value.FromSecretStore || app.RowsFor(key.Key).Any(static row => row.Secret);
        return SecretText.Show(key.Key, value, secret);
    }

    private static Asked? TypeOf(JudgedApp app, string key)
    {
        foreach (MatrixKey row in app.Rows)
        {
            if (row.Type is { } type && KeyPattern.Covers(row.Key, key) && !row.Key.EndsWith("**", StringComparison.Ordinal))
            {
                return new Asked(type, row.EnumMembers);
            }
        }

        // In code a Uri may be relative, and two readers may ask for two types: then nothing is certain.
        ImmutableArray<ConfigurationRead> reads = [.. app.Reads.Where(read => read.Kind is ReadKind.Value or ReadKind.Options && read.Requirement != Requirement.Optional && KeyPattern.Covers(read.Key, key))];
        return reads.IsEmpty || reads.Any(read => read.Type != reads[0].Type) || reads[0].Type is ConfigurationValueType.Url or ConfigurationValueType.Object or ConfigurationValueType.Array
            ? null
            : new Asked(reads[0].Type, reads[0].EnumMembers);
    }

    private static bool IsInteger(string text)
    {
        string value = text.Trim();
        if (value.StartsWith('#') || value.StartsWith("0x", StringComparison.OrdinalIgnoreCase) || value.StartsWith("&h", StringComparison.OrdinalIgnoreCase))
        {
            return value[(value[0] == '#' ? 1 : 2)..].All(char.IsAsciiHexDigit);
        }

        return long.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out _) || ulong.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out _);
    }

    private static bool IsUrl(string value) =>
        // On Unix "/x" is an absolute file URL; several addresses may be joined by semicolons or commas.
        value.Split([';', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 0 } parts
        && parts.All(static part => part.Contains(':', StringComparison.Ordinal) && (Uri.TryCreate(part.Replace("://+", "://x", StringComparison.Ordinal).Replace("://*", "://x", StringComparison.Ordinal), UriKind.Absolute, out Uri? uri) && uri.Scheme.Length > 1 && !IsHostAndPort(part)));

    // "localhost:5432" parses as scheme "localhost".
    private static bool IsHostAndPort(string part)
    {
        int colon = part.IndexOf(':', StringComparison.Ordinal);
        return !part.Contains("//", StringComparison.Ordinal) && part[(colon + 1)..] is { Length: > 0 } rest && rest.TakeWhile(static letter => letter != '/').All(char.IsAsciiDigit);
    }

    private static string Article(Asked asked) => asked.Type switch
    {
        ConfigurationValueType.Int => "an int",
        ConfigurationValueType.Url => "a url",
        ConfigurationValueType.Enum => $"one of {string.Join(", ", asked.Members.Take(12))}",
        ConfigurationValueType.Array => "an array",
        ConfigurationValueType.Object => "an object",
        _ => $"a {MatrixText.Word(asked.Type, [])}",
    };

    private static string Wanted(Asked asked) => asked.Type switch
    {
        ConfigurationValueType.Int => "a whole number",
        ConfigurationValueType.Number => "a number with a point",
        ConfigurationValueType.Bool => "true or false",
        ConfigurationValueType.Url => "an absolute URL",
        ConfigurationValueType.Port => "a port from 0 to 65535",
        ConfigurationValueType.Duration => "a time span such as 00:00:30",
        ConfigurationValueType.Enum => $"one of {string.Join(", ", asked.Members.Take(12))}",
        ConfigurationValueType.Array => "a list: [\"…\"], or one key for each element (…:0, …:1)",
        _ => "an object",
    };

    private sealed record Asked(ConfigurationValueType Type, ImmutableArray<string> Members);
}
