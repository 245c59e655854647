using System.Collections.Immutable;
using ReproGate.Facts.Configuration;
using ReproGate.Gates.Configuration;

namespace ReproGate.Core.Tests.Gates.Configuration;

/// <summary>Hand-made facts of one application in one environment.</summary>
internal static class HandMade
{
    public const string Root = "/repo/";
    public static readonly SourceLocation Code = new("/repo/src/Program.cs", 7, 3);
    public static readonly SourceLocation MatrixFile = new("/repo/reprogate.env.json", 20, 5);

    public static Finding[] Judge(AppConfiguration app) => [.. ConfigurationGate.Check(app)];

    public static string[] Ids(AppConfiguration app) => [.. Judge(app).Select(static finding => finding.Rule.Id).Distinct()];

    public static AppConfiguration App(params ImmutableArray<MatrixKey> rows)
    {
        EnvironmentMatrix matrix = Matrix(rows);
        return new AppConfiguration
        {
            Code = Reads(),
            Matrix = matrix,
            App = matrix.Apps[0],
            RepositoryRoot = Root,
            Environments = [new AppEnvironment(matrix.Environments[0], new ProviderSet())],
        };
    }

    public static EnvironmentMatrix Matrix(params ImmutableArray<MatrixKey> rows) => new()
    {
        File = MatrixFile.File,
        Environments = [new MatrixEnvironment("prod", "Production", NetworkKind.Host, MatrixFile)],
        Apps = [new MatrixApp("api", "src/Api.csproj", MatrixFile)],
        Keys = rows,
        End = new MatrixEnd(MatrixFile, NeedsComma: false),
    };

    public static AppConfiguration With(AppConfiguration app, params ImmutableArray<ProviderFacts> providers) =>
        app with { Environments = [.. app.Environments.Select(environment => environment with { Set = environment.Set with { Providers = providers } })] };

    public static ProviderFacts Json(string key, string value) => new(ProviderKind.JsonFile, "appsettings.json")
    {
        File = "/repo/src/appsettings.json",
        Origin = ProviderOrigin.ProjectFile,
        SourceKind = "appsettings",
        Source = "appsettings",
        Keys = [new ProvidedKey(key, value, new SourceLocation("/repo/src/appsettings.json", 3, 5)) { WrittenAs = key }],
    };

    public static MatrixKey Row(string key) => new(key, MatrixFile);

    public static ImmutableDictionary<string, MatrixCell> Cells(string environment, Presence presence, string source) =>
        ImmutableDictionary<string, MatrixCell>.Empty.Add(environment, new MatrixCell(presence, source, MatrixFile));

    public static ConfigurationRead Read(string key) => new(key, ReadKind.Value, Code) { Member = "Shop.Program.Main", Assembly = "Shop" };

    public static ExecutableConfiguration Reads(params ImmutableArray<ConfigurationRead> reads) => new() { Name = "Shop", Host = new HostConfiguration(HostKind.WebApplication), Reads = reads };
}
