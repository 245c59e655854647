namespace ReproGate.Bench;

/// <summary>What is measured.</summary>
/// <param name="Key">Its name on the command line.</param>
/// <param name="Title">Its name in the table.</param>
/// <param name="Command">The dotnet command.</param>
/// <param name="Prepare">What happens before each run, unmeasured.</param>
internal sealed record Scenario(string Key, string Title, string Command, Action<Subject> Prepare)
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("up-to-date", "up-to-date `dotnet build`", "build", static _ => { }),
        new("restore", "no-op `dotnet restore`", "restore", static _ => { }),
        new("changed", "one changed source file", "build", static solution => solution.Change()),
        // Last: it leaves everything built, as the others need it.
        new("clean", "clean build, restore from warm packages", "build", static solution => solution.Clean()),
    ];

    /// <summary>The most the gate may cost at a size; null where no bar is set.</summary>
    public Bar? BarAt(int projects) => (Key, projects) switch
    {
        ("up-to-date", 1) => new Bar(Milliseconds: 15),
        ("up-to-date", >= 20) => new Bar(Ratio: 1.02),
        ("restore", >= 100) => new Bar(Ratio: 1.02),
        ("clean", >= 100) => new Bar(Ratio: 1.05),
        ("changed", >= 100) => new Bar(Ratio: 1.03),
        _ => null,
    };
}

/// <summary>A bar on processor time: a ratio to the plain SDK, or milliseconds beyond it.</summary>
internal sealed record Bar(double? Ratio = null, double? Milliseconds = null)
{
    public override string ToString() => Ratio is { } ratio
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"≤ {ratio:0.00} ×")
        : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"≤ +{Milliseconds:0} ms");

    /// <summary>Whether one pair of runs (plain, gated; in milliseconds) keeps it.</summary>
    public bool Keeps(double plain, double gated) => Ratio is { } ratio ? gated <= plain * ratio : gated - plain <= Milliseconds;
}
