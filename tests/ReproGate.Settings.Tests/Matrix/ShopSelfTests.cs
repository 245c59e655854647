using System.Collections.Immutable;
using ReproGate.Facts;
using ReproGate.Facts.Configuration;
using ReproGate.Gates.Configuration;
using ReproGate.SelfTest;
using ReproGate.Settings.Matrix;
using ReproGate.TestKit;

namespace ReproGate.Settings.Tests.Matrix;

/// <summary>The sample shop judged in memory: what its applications read is written here by hand, what provides it is read from its files.</summary>
public sealed class ShopSelfTests
{
    private static readonly string Root = Path.Combine(TestEnvironment.SourceRoot, "testassets", "config-shop");
    private static readonly SourceLocation Code = new(Path.Combine(Root, "src", "Shop.Api", "Program.cs"), 6, 1);

    private static readonly ImmutableArray<ConfigurationRead> ApiReads =
    [
        Read("Cache:Host"),
        Read("Cache:Size") with { Type = ConfigurationValueType.Int, Requirement = Requirement.Defaulted },
        Read("ConnectionStrings:Shop") with { Kind = ReadKind.ConnectionString, Type = ConfigurationValueType.ConnectionString },
        Read("Mirrors") with { Type = ConfigurationValueType.Array, WholeSection = true, Requirement = Requirement.Optional },
        Read("Orders:Mode") with { Kind = ReadKind.Options, Type = ConfigurationValueType.Enum, EnumMembers = ["Fast", "Safe"], Requirement = Requirement.Defaulted },
        Read("Orders:Retries") with { Kind = ReadKind.Options, Type = ConfigurationValueType.Int, Requirement = Requirement.Defaulted },
        Read("Orders:Url") with { Kind = ReadKind.Options, Type = ConfigurationValueType.Url },
        Read("Payment:ApiKey"),
    ];

    private static readonly ImmutableArray<ConfigurationRead> WorkerReads =
    [
        Read("Queue:Pause") with { Type = ConfigurationValueType.Duration, Requirement = Requirement.Defaulted },
        Read("Queue:Url"),
        Read("SHOP_REGION") with { Kind = ReadKind.EnvironmentVariable, Requirement = Requirement.Defaulted },
    ];

    private static readonly ImmutableArray<ConfigurationRead> ClientReads = [Read("Api:Url") with { Type = ConfigurationValueType.Url }];

    [Theory]
    [InlineData("api")]
    [InlineData("worker")]
    [InlineData("client")]
    public void The_shop_is_green(string name) => Assert.Empty(ConfigurationGate.Check(Shop(name)));

    [Theory]
    // Cache:Host, ConnectionStrings:Shop, Orders:Url and Payment:ApiKey in three environments.
    [InlineData("api", 12, 0)]
    // Queue:Url in three; in production only the cell says that a vault has it.
    [InlineData("worker", 3, 1)]
    // Api:Url in three, from what the client is served with.
    [InlineData("client", 3, 0)]
    public void Each_required_key_that_loses_its_providers_is_told_and_nothing_else(string name, int expected, int fromOutside)
    {
        MatrixTrial[] trials = [.. MatrixTrial.Of(Shop(name))];

        Assert.All(trials, trial =>
        {
            Assert.True(trial.IsTold(name), $"{trial.Environment} {trial.Row.Key}: {string.Join("; ", trial.New.Select(static finding => finding.What))}");
            // Where the declaration of the environment stands, else the row.
            Assert.Equal((trial.Row.Cells.GetValueOrDefault(trial.Environment)?.Location ?? trial.Row.Location, Severity.Error), (trial.New[0].Location, trial.New[0].Rule.DefaultSeverity));
        });
        Assert.Equal((expected, fromOutside), (trials.Length, trials.Count(static trial => trial.Given.IsEmpty)));
    }

    [Fact]
    public void What_Init_infers_from_nothing_passes()
    {
        AppConfiguration shop = Shop("api");
        AppConfiguration bare = shop with { Matrix = shop.Matrix with { Keys = [] } };
        ImmutableArray<MatrixKey> rows = MatrixInit.Rows(bare);

        Assert.Equal(8, rows.Length);
        Assert.All(rows, static row => Assert.Equal("api", string.Join(' ', row.Apps)));
        Assert.Empty(ConfigurationGate.Check(bare with { Matrix = bare.Matrix with { Keys = rows } }));
        Assert.Empty(MatrixInit.Rows(bare with { Matrix = bare.Matrix with { Keys = rows } }));
        // A secret that stands in a file is for a person to decide.
        Assert.False(rows.Single(static row => row.Key == "Payment:ApiKey").Secret);
    }

    [Fact]
    public void A_key_that_a_second_application_reads_gets_no_second_row()
    {
        AppConfiguration shop = Shop("api");
        MatrixEnvironment[] environments = [.. shop.Matrix.Environments];
        var optional = environments.ToImmutableDictionary(static environment => environment.Name, static environment => new MatrixCell(Presence.Optional, "any", Code));
        MatrixKey Worker(string key, bool inferred = true) => new(key, Code) { Apps = ["worker"], Type = ConfigurationValueType.Url, Inferred = inferred, Cells = optional };
        ImmutableArray<MatrixKey> rows = MatrixInit.Rows(shop with { Matrix = shop.Matrix with { Keys = [Worker("Orders:Url"), Worker("Cache:Host"), Worker("ConnectionStrings:Shop", inferred: false)] } });

        MatrixKey orders = rows.Single(static row => row.Key == "Orders:Url");
        // It is required here, so that each application's code has to say it.
        Assert.Equal(("api worker", ConfigurationValueType.Url, true), (string.Join(' ', orders.Apps), orders.Type, orders.Cells.IsEmpty));
        // What the two take for different types is a text.
        Assert.Equal(ConfigurationValueType.String, rows.Single(static row => row.Key == "Cache:Host").Type);
        // A person's row is left to the person: the gate says whom to add.
        string text = MatrixWriter.Add("/m.json", "{ \"environments\": { \"p\": \"P\" }, \"apps\": { \"api\": \"A.csproj\", \"worker\": \"W.csproj\" }, \"keys\": { \"ConnectionStrings:Shop\": { \"type\": \"string\", \"apps\": \"worker\" } } }", new MatrixAdditions { Keys = rows });
        Assert.Contains("\"ConnectionStrings:Shop\": { \"type\": \"string\", \"apps\": \"worker\" }", text, StringComparison.Ordinal);
    }

    [Fact]
    public void With_a_second_application_what_was_inferred_is_the_first_one_s()
    {
        EnvironmentMatrix matrix = Shop("api").Matrix;
        EnvironmentMatrix one = matrix with
        {
            Apps = [matrix.Apps[0]],
            Keys = [new MatrixKey("A", Code) { Inferred = true }, new MatrixKey("B", Code), new MatrixKey("C", Code) { Inferred = true, Apps = ["x"] }],
        };
        MatrixAdditions frame = MatrixInit.Frame(one, Root, Path.Combine(Root, "src", "Shop.Worker", "Shop.Worker.csproj"), []);
        Assert.Equal(["A api"], frame.Keys.Select(static row => $"{row.Key} {string.Join(' ', row.Apps)}"));
        Assert.Empty(MatrixInit.Frame(matrix with { Keys = one.Keys }, Root, Path.Combine(Root, "src", "Shop.New", "Shop.New.csproj"), []).Keys);
    }

    private static AppConfiguration Shop(string name)
    {
        EnvironmentMatrix matrix = MatrixReader.Read(Path.Combine(Root, "reprogate.env.json"), out MalformedFile? malformed)!;
        Assert.Null(malformed);
        MatrixApp app = matrix.Apps.Single(app => app.Name == name);
        (string project, HostKind host, ImmutableArray<ConfigurationRead> reads) = name switch
        {
            "api" => ("Shop.Api", HostKind.WebApplication, ApiReads),
            "client" => ("Shop.Client", HostKind.WebAssembly, ClientReads),
            _ => ("Shop.Worker", HostKind.HostApplication, WorkerReads),
        };
        var code = new ExecutableConfiguration
        {
            Name = project,
            Host = new HostConfiguration(host),
            Reads = reads,
        };
        return new AppConfiguration
        {
            Code = code,
            Matrix = matrix,
            App = app,
            RepositoryRoot = Root + Path.DirectorySeparatorChar,
            Environments = new ProviderReader(Root).ReadAll(matrix, app, new ProviderRequest { Host = code.Host, ProjectDirectory = Path.Combine(Root, "src", project), AssemblyName = project }),
        };
    }

    private static ConfigurationRead Read(string key) => new(key, ReadKind.Value, Code) { Member = "Program.Main", Assembly = "Shop" };
}
