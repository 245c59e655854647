namespace ReproGate.Cli.Building;

/// <summary>A property on MSBuild's command line.</summary>
internal static class CommandLineProperty
{
    /// <summary>The argument; a semicolon or a comma in the value does not begin another property.</summary>
    public static string Of(string name, string value) => $"-p:{name}={Escape(value)}";

    /// <summary>A value as it has to stand there.</summary>
    public static string Escape(string value) => value.Replace("%", "%25", StringComparison.Ordinal).Replace(";", "%3B", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
}
