using System.Collections.Immutable;
using ReproGate.Facts.Configuration;
using ReproGate.Linking;

namespace ReproGate.Settings.Tests;

/// <summary>Reads one application of a temporary repository.</summary>
internal static class Reading
{
    public static ProviderSet Read(this TempFolder folder, string environment = "Production", HostKind kind = HostKind.WebApplication, string project = "", HostConfiguration? host = null, params MatrixSource[] sources) =>
        new ProviderReader(folder.Root).Read(new ProviderRequest
        {
            Host = host ?? new HostConfiguration(kind),
            ProjectDirectory = project.Length == 0 ? folder.Root : folder.PathOf(project),
            EnvironmentName = environment,
            AssemblyName = "Shop",
            Sources = [.. sources],
        });

    public static MatrixSource Source(string kind, string files, string target = "") => new(kind, [.. files.Split(',', StringSplitOptions.RemoveEmptyEntries)], target, new SourceLocation("/matrix", 7, 3));

    public static EffectiveConfiguration Effective(this ProviderSet set) => EffectiveConfiguration.Resolve(set.Providers);

    public static string? ValueOf(this ProviderSet set, string key) => set.Effective().Find(key)?.Value.Value;

    /// <summary>Line and column of the value that wins.</summary>
    public static (string File, int Line, int Column) PlaceOf(this ProviderSet set, string key)
    {
        SourceLocation place = set.Effective().Find(key)!.Value.Location;
        return (Path.GetFileName(place.File), place.Line, place.Column);
    }

    public static void AssertNoFaults(this ProviderSet set) => Assert.True(set.Faults.IsEmpty, string.Join('\n', set.Faults.Select(static fault => $"{fault.Location}: {fault.Problem}")));

    public static SettingsFault AssertFault(this ProviderSet set, SettingsFaultKind kind, string problem, int line)
    {
        SettingsFault fault = Assert.Single(set.Faults, fault => fault.Problem.Contains(problem, StringComparison.Ordinal));
        Assert.Equal((kind, line), (fault.Kind, fault.Location.Line));
        return fault;
    }
}
