using ReproGate.Facts.Configuration;
using ReproGate.Settings.Matrix;

namespace ReproGate.Settings.Tests.Matrix;

/// <summary>Which sources Init names for an application by itself.</summary>
public sealed class InferredSourcesTests : IDisposable
{
    private const string Host = """
        <Project Sdk="Aspire.AppHost.Sdk/13.1.0">
          <ItemGroup><ProjectReference Include="..\Shop.Api\Shop.Api.csproj" /></ItemGroup>
        </Project>
        """;

    private const string Added = """
        var builder = DistributedApplication.CreateBuilder(args);
        var db = builder.AddPostgres("postgres").AddDatabase("orders");
        builder.AddProject<Projects.Shop_Api>("shop-api").WithReference(db);
        """;

    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData("compose.yaml", ".", "src/Shop.Api/Dockerfile")]
    [InlineData("src/docker-compose.yml", ".", "Shop.Api/Dockerfile")]
    [InlineData("src/Shop.Api/compose.yml", ".", "Dockerfile")]
    public void A_compose_file_of_the_root_or_above_the_project(string file, string context, string dockerfile)
    {
        _folder.Write(file, $"services:\n  api:\n    build: {{ context: {context}, dockerfile: {dockerfile} }}\n");
        string over = Path.ChangeExtension(file, ".override.yml");
        _folder.Write(over, "services:\n  api:\n    environment: [ASPNETCORE_ENVIRONMENT=Staging]\n");

        MatrixAdditions frame = Frame();

        Assert.Equal("compose Staging Compose", Assert.Single(frame.Environments, static environment => environment.Network != NetworkKind.Host) is var compose ? $"{compose.Name} {compose.DotNetName} {compose.Network}" : "");
        Assert.Equal([$"compose:{file},{over}#api"], SourcesIn(frame, "compose"));
    }

    [Theory]
    // It builds another project.
    [InlineData("src/compose.yaml", "Shop.Worker/Dockerfile")]
    // Beside the project's folders, not above it.
    [InlineData("deploy/compose.yaml", "../src/Shop.Worker/Dockerfile")]
    public void A_compose_file_of_others(string file, string dockerfile)
    {
        _folder.Write(file, $"services:\n  api:\n    build: {{ context: ., dockerfile: {dockerfile} }}\n");

        Assert.DoesNotContain(Frame().Environments, static environment => environment.Network != NetworkKind.Host);
    }

    [Fact]
    public void The_app_host_that_adds_the_project_comes_behind_the_launch_profile()
    {
        _folder.Write("src/Shop.AppHost/Shop.AppHost.csproj", Host);
        _folder.Write("src/Shop.AppHost/Program.cs", Added);
        _folder.Write("src/Shop.Api/Properties/launchSettings.json", "{}");

        MatrixAdditions frame = Frame();

        Assert.Equal(["launchSettings:", "aspire:src/Shop.AppHost#shop-api"], SourcesIn(frame, "dev"));
        Assert.Empty(SourcesIn(frame, "prod"));
    }

    [Theory]
    // It references no project, its name is computed, it adds the project twice, or it is no project file at all.
    [InlineData("<Project Sdk=\"Aspire.AppHost.Sdk/13.1.0\" />", Added)]
    [InlineData(Host, "builder.AddProject<Projects.Shop_Api>(Names.Api).WithReference(db);")]
    [InlineData(Host, "builder.AddProject<Projects.Shop_Api>(\"one\"); builder.AddProject<Projects.Shop_Api>(\"two\");")]
    [InlineData("<Project Sdk=\"Aspire.AppHost.Sdk/13.1.0\"><ItemGroup>", Added)]
    // Entities are read of no project file.
    [InlineData("<!DOCTYPE Project [<!ENTITY e \"&#46;\">]>" + Host, Added)]
    public void An_app_host_that_does_not_say_which_resource_it_is(string host, string code)
    {
        _folder.Write("src/Shop.AppHost/Shop.AppHost.csproj", host);
        _folder.Write("src/Shop.AppHost/Program.cs", code);

        Assert.Empty(SourcesIn(Frame(), "dev"));
    }

    [Fact]
    public void Two_app_hosts_are_for_a_person_to_choose_from()
    {
        foreach (string name in (string[])["Shop.AppHost", "Test.AppHost"])
        {
            _folder.Write($"src/{name}/{name}.csproj", Host);
            _folder.Write($"src/{name}/Program.cs", Added);
        }

        Assert.Empty(SourcesIn(Frame(), "dev"));
    }

    public void Dispose() => _folder.Dispose();

    private MatrixAdditions Frame() =>
        MatrixInit.Frame(new EnvironmentMatrix { File = _folder.PathOf("reprogate.env.json") }, _folder.Root, _folder.Write("src/Shop.Api/Shop.Api.csproj", "<Project Sdk=\"Microsoft.NET.Sdk.Web\" />"), []);

    private static IEnumerable<string> SourcesIn(MatrixAdditions frame, string environment) =>
        Assert.Single(frame.Apps).Sources.GetValueOrDefault(environment, []).Select(static source => $"{source.Kind}:{string.Join(',', source.Files)}{(source.Target.Length > 0 ? $"#{source.Target}" : "")}");
}
