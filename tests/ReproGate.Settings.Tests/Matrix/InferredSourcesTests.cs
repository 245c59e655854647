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
    [InlineData("deploy/compose.yaml", "../src/Shop.Worker/Dockerfile")]
    // Of a folder that no repository has of its own.
    [InlineData("node_modules/x/compose.yaml", "../../src/Shop.Api/Dockerfile")]
    public void A_compose_file_of_others(string file, string dockerfile)
    {
        _folder.Write(file, $"services:\n  api:\n    build: {{ context: ., dockerfile: {dockerfile} }}\n");

        Assert.DoesNotContain(Frame().Environments, static environment => environment.Network != NetworkKind.Host);
    }

    [Theory]
    [InlineData("deploy/docker/docker-compose.yml", "../..", "src/Shop.Api/Dockerfile")]
    [InlineData("docker/compose.yaml", "../src/Shop.Api", "Dockerfile")]
    public void A_compose_file_of_another_folder_of_the_repository(string file, string context, string dockerfile)
    {
        // Above the project lies one of others, and beside the solution Visual Studio's project of compose.
        _folder.Write("compose.yaml", "services:\n  db:\n    image: postgres\n");
        _folder.Write("docker-compose.dcproj", "<Project />");
        _folder.Write(file, $"services:\n  api:\n    build: {{ context: {context}, dockerfile: {dockerfile} }}\n    environment: {{ DOTNET_ENVIRONMENT: Staging }}\n");
        Assert.Equal([$"compose:{file}#api"], SourcesIn(Frame(), "compose"));
        Assert.Equal("Staging", Frame().Environments.Single(static environment => environment.Network == NetworkKind.Compose).DotNetName);

        // Two that build it are for a person to choose from.
        _folder.Write("samples/compose.yaml", "services:\n  api:\n    build: ../src/Shop.Api\n");
        Assert.DoesNotContain(Frame().Environments, static environment => environment.Network == NetworkKind.Compose);
    }

    [Fact]
    public void A_service_that_a_file_beside_the_compose_file_has_and_a_Dockerfile_named_by_a_variable()
    {
        _folder.Write(".env", "API_DOCKERFILE=./src/Shop.Api/Dockerfile\n");
        _folder.Write("compose.yaml", "services:\n  db:\n    image: postgres\n");
        _folder.Write("compose.override.yaml", "services:\n  db:\n    ports: [\"1:1\"]\n");
        _folder.Write("compose.extras.yaml", "services: {}\n");
        _folder.Write("compose.full.yaml", "services:\n  api:\n    build: { context: ./, dockerfile: \"${API_DOCKERFILE}\" }\n");
        Assert.Equal(["compose:compose.yaml,compose.full.yaml#api"], SourcesIn(Frame(), "compose"));

        _folder.Write("compose.tests.yaml", "services:\n  api:\n    build: src/Shop.Api\n");
        Assert.DoesNotContain(Frame().Environments, static environment => environment.Network == NetworkKind.Compose);
    }

    [Theory]
    [InlineData("builder.AddProject<Projects.Shop_Api>(Names.Api);", "src/Shop.Shared/Names.cs", "public static class Names { public const string Api = \"shop-api\"; public const string Web = \"web\"; }")]
    [InlineData("builder.AddProject<Projects.Shop_Api>(name: Shop.Shared.Names.Api);", "src/Shop.AppHost/Names.cs", "static class Names { internal const string Api = \"shop-api\"; } static class Old { internal const string Api = \"api\"; }")]
    [InlineData("const string api = \"shop-api\"; using Projects; builder.AddProject<Shop_Api>(api);", "src/Shop.AppHost/Other.cs", "")]
    public void A_resource_whose_name_is_a_constant(string code, string file, string constants)
    {
        _folder.Write("src/Shop.AppHost/Shop.AppHost.csproj", Host.Replace("<ItemGroup>", "<ItemGroup><ProjectReference Include=\"../Shop.Shared/Shop.Shared.csproj\" IsAspireProjectResource=\"false\" />", StringComparison.Ordinal));
        _folder.Write("src/Shop.AppHost/Program.cs", code);
        _folder.Write(file, constants);

        Assert.Equal(["aspire:src/Shop.AppHost#shop-api"], SourcesIn(Frame(), "dev"));
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

    [Fact]
    public void An_app_host_that_starts_the_project_without_a_launch_profile()
    {
        _folder.Write("src/Shop.AppHost/Shop.AppHost.csproj", Host);
        _folder.Write("src/Shop.AppHost/Program.cs", Added.Replace("(\"shop-api\")", "(\"shop-api\", launchProfileName: null)", StringComparison.Ordinal));
        _folder.Write("src/Shop.Api/Properties/launchSettings.json", "{}");

        Assert.Equal(["aspire:src/Shop.AppHost#shop-api"], SourcesIn(Frame(), "dev"));
    }

    [Theory]
    // It references no project, its name is computed, it adds the project twice, or it is no project file at all.
    [InlineData("<Project Sdk=\"Aspire.AppHost.Sdk/13.1.0\" />", Added)]
    [InlineData(Host, "builder.AddProject<Projects.Shop_Api>(Names.Api).WithReference(db);")]
    // One name, two values.
    [InlineData(Host, "class A { const string Api = \"a\"; } class B { const string Api = \"b\"; } class C { void D() { builder.AddProject<Projects.Shop_Api>(Api); } }")]
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
        Assert.Equal("several app hosts start it; where it runs so, name the resource: \"aspire:src/Shop.AppHost#shop-api\" or \"aspire:src/Test.AppHost#shop-api\"", Assert.Single(Frame().Notes));
    }

    public void Dispose() => _folder.Dispose();

    private MatrixAdditions Frame() =>
        MatrixInit.Frame(new EnvironmentMatrix { File = _folder.PathOf("reprogate.env.json") }, _folder.Root, _folder.Write("src/Shop.Api/Shop.Api.csproj", "<Project Sdk=\"Microsoft.NET.Sdk.Web\" />"), []);

    private static IEnumerable<string> SourcesIn(MatrixAdditions frame, string environment) =>
        Assert.Single(frame.Apps).Sources.GetValueOrDefault(environment, []).Select(static source => $"{source.Kind}:{string.Join(',', source.Files)}{(source.Target.Length > 0 ? $"#{source.Target}" : "")}");
}
