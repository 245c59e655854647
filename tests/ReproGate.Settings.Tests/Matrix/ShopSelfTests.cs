using System.Collections.Immutable;
using ReproGate.Facts;
using ReproGate.Facts.Configuration;
using ReproGate.Gates.Configuration;
using ReproGate.Settings.Matrix;
using ReproGate.TestKit;

namespace ReproGate.Settings.Tests.Matrix;

/// <summary>The sample shop judged in memory: what its API reads is written here by hand, what provides it is read from its files.</summary>
public sealed class ShopSelfTests
{
    private static readonly string Root = Path.Combine(TestEnvironment.SourceRoot, "testassets", "config-shop");
    private static readonly SourceLocation Code = new(Path.Combine(Root, "src", "Shop.Api", "Program.cs"), 6, 1);

    [Fact]
    public void The_shop_is_green() => Assert.Empty(ConfigurationGate.Check(Shop()));

    [Fact]
    public void Each_required_key_that_loses_its_providers_is_told_and_nothing_else()
    {
        AppConfiguration shop = Shop();
        var app = new JudgedApp(shop);
        int removed = 0;
        foreach (JudgedEnvironment environment in app.Environments)
        {
            foreach (MatrixKey row in app.Rows)
            {
                if (environment.PresenceOf(row, app.ReadsOf(row)) != Presence.Required)
                {
                    continue;
                }

                AppConfiguration without = shop with
                {
                    Environments = [.. shop.Environments.Select(other => other.Environment != environment.Environment ? other : other with { Set = Without(other.Set, row.Key) })],
                };
                Finding finding = Assert.Single(ConfigurationGate.Check(without));
                Assert.Equal(("RGATE3002", $"api {environment.Environment.Name} {row.Key}"), (finding.Rule.Id, finding.Subject));
                removed++;
            }
        }

        // Cache:Host, ConnectionStrings:Shop, Orders:Url and Payment:ApiKey in three environments.
        Assert.Equal(12, removed);
    }

    [Fact]
    public void What_Init_infers_from_nothing_passes()
    {
        AppConfiguration shop = Shop();
        AppConfiguration bare = shop with { Matrix = shop.Matrix with { Keys = [] } };
        ImmutableArray<MatrixKey> rows = MatrixInit.Rows(bare);

        Assert.Equal(8, rows.Length);
        Assert.Empty(ConfigurationGate.Check(bare with { Matrix = bare.Matrix with { Keys = rows } }));
        Assert.Empty(MatrixInit.Rows(bare with { Matrix = bare.Matrix with { Keys = rows } }));
        // A secret that stands in a file is for a person to decide.
        Assert.False(rows.Single(static row => row.Key == "Payment:ApiKey").Secret);
    }

    private static ProviderSet Without(ProviderSet set, string key) => set with
    {
        Providers = [.. set.Providers.Select(provider => provider with { Keys = [.. provider.Keys.Where(given => !given.Key.Equals(key, StringComparison.OrdinalIgnoreCase))] })],
        Variables = [.. set.Variables.Select(provider => provider with { Keys = [.. provider.Keys.Where(given => !given.Key.Replace("__", ":", StringComparison.Ordinal).Equals(key, StringComparison.OrdinalIgnoreCase))] })],
    };

    private static AppConfiguration Shop()
    {
        EnvironmentMatrix matrix = MatrixReader.Read(Path.Combine(Root, "reprogate.env.json"), out MalformedFile? malformed)!;
        Assert.Null(malformed);
        MatrixApp app = matrix.Apps.Single(static app => app.Name == "api");
        var code = new ExecutableConfiguration
        {
            Name = "Shop.Api",
            Host = new HostConfiguration(HostKind.WebApplication),
            Reads =
            [
                Read("Cache:Host"),
                Read("Cache:Size") with { Type = ConfigurationValueType.Int, Requirement = Requirement.Defaulted },
                Read("ConnectionStrings:Shop") with { Kind = ReadKind.ConnectionString, Type = ConfigurationValueType.ConnectionString },
                Read("Mirrors") with { Type = ConfigurationValueType.Array, WholeSection = true, Requirement = Requirement.Optional },
                Read("Orders:Mode") with { Kind = ReadKind.Options, Type = ConfigurationValueType.Enum, EnumMembers = ["Fast", "Safe"], Requirement = Requirement.Defaulted },
                Read("Orders:Retries") with { Kind = ReadKind.Options, Type = ConfigurationValueType.Int, Requirement = Requirement.Defaulted },
                Read("Orders:Url") with { Kind = ReadKind.Options, Type = ConfigurationValueType.Url },
                Read("Payment:ApiKey"),
            ],
        };
        var reader = new ProviderReader(Root);
        return new AppConfiguration
        {
            Code = code,
            Matrix = matrix,
            App = app,
            RepositoryRoot = Root + Path.DirectorySeparatorChar,
            Environments =
            [
                .. matrix.Environments.Select(environment => new AppEnvironment(environment, reader.Read(new ProviderRequest
                {
                    Host = code.Host,
                    ProjectDirectory = Path.Combine(Root, "src", "Shop.Api"),
                    EnvironmentName = environment.DotNetName,
                    AssemblyName = "Shop.Api",
                    Sources = app.Sources[environment.Name],
                }))),
            ],
        };
    }

    private static ConfigurationRead Read(string key) => new(key, ReadKind.Value, Code) { Member = "Program.Main", Assembly = "Shop.Api" };
}
