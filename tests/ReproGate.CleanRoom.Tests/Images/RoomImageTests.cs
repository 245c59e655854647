using ReproGate.CleanRoom.Images;
using ReproGate.Facts.CleanRoom;
using ReproGate.Gates.CleanRoom;

namespace ReproGate.CleanRoom.Tests.Images;

public sealed class RoomImageTests
{
    private static readonly SourceLocation Place = new("/repo/Dockerfile", 1, 1);

    [Theory]
    [InlineData("mcr.microsoft.com/dotnet/aspnet:10.0", "mcr.microsoft.com/dotnet/sdk:10.0")]
    [InlineData("mcr.microsoft.com/dotnet/aspnet:latest", "mcr.microsoft.com/dotnet/sdk:10.0")]
    [InlineData("mcr.microsoft.com/dotnet/aspnet", "mcr.microsoft.com/dotnet/sdk:10.0")]
    [InlineData("mcr.microsoft.com/dotnet/runtime:10.0-alpine", "mcr.microsoft.com/dotnet/sdk:10.0-alpine")]
    [InlineData("mcr.microsoft.com/dotnet/runtime-deps:8.0.3-alpine3.22-extra", "mcr.microsoft.com/dotnet/sdk:10.0-alpine3.22")]
    [InlineData("mcr.microsoft.com/dotnet/aspnet:10.0.1-noble-chiseled-composite-amd64", "mcr.microsoft.com/dotnet/sdk:10.0-noble")]
    [InlineData("mcr.microsoft.com/dotnet/aspnet:10.0-preview-noble", "mcr.microsoft.com/dotnet/sdk:10.0-noble")]
    [InlineData("mcr.microsoft.com/dotnet/aspnet:8.0-bookworm-slim@sha256:00", "mcr.microsoft.com/dotnet/sdk:10.0-bookworm-slim")]
    [InlineData("mcr.microsoft.com/dotnet/aspnet:10.0-azurelinux3.0-distroless", "mcr.microsoft.com/dotnet/sdk:10.0-azurelinux3.0")]
    [InlineData("debian:12", "mcr.microsoft.com/dotnet/sdk:10.0")]
    [InlineData("mcr.microsoft.com/dotnet/monitor:8-alpine", "mcr.microsoft.com/dotnet/sdk:10.0")]
    [InlineData("mcr.microsoft.com/dotnet/aspnet:10.0-$VARIANT", "mcr.microsoft.com/dotnet/sdk:10.0")]
    public void The_sdk_image_has_the_operating_system_of_production(string image, string sdk) =>
        Assert.Equal(sdk, RoomImageChoice.Choose([new ProductionBase(image, "", Place)], "10.0").Image);

    [Fact]
    public void What_most_programs_have_counts_and_the_first_of_two_as_frequent()
    {
        ProductionBase alpine = new("", "alpine", Place), noble = new("", "noble-chiseled", Place), other = new("debian:12", "", Place);

        Assert.Equal("mcr.microsoft.com/dotnet/sdk:10.0-noble", RoomImageChoice.Choose([alpine, noble, noble, other, other, other], "10.0").Image);
        Assert.Equal(new RoomImageChoice("mcr.microsoft.com/dotnet/sdk:9.0-alpine", alpine), RoomImageChoice.Choose([alpine, noble], "9.0"));
        Assert.Equal(new RoomImageChoice("mcr.microsoft.com/dotnet/sdk:9.0", null), RoomImageChoice.Choose([], "9.0"));
    }

    [Fact]
    public void The_last_stage_of_a_dockerfile_ships()
    {
        ProductionBase stated = ProductionBaseReader.ReadDockerfile("/repo/Dockerfile",
        [
            "# syntax=docker/dockerfile:1",
            "ARG TAG=10.0-alpine",
            "FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/aspnet:${TAG} AS base",
            "FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build",
            "RUN dotnet publish",
            "from Base as final",
        ])!;

        Assert.Equal(new ProductionBase("mcr.microsoft.com/dotnet/aspnet:10.0-alpine", "", new SourceLocation("/repo/Dockerfile", 6, 1)), stated);
        Assert.Null(ProductionBaseReader.ReadDockerfile("/repo/Dockerfile", ["# FROM x", "RUN echo FROM y"]));
        Assert.Equal("mcr.microsoft.com/dotnet/runtime:9.0", ProductionBaseReader.ReadDockerfile("/d", ["FROM mcr.microsoft.com/dotnet/runtime:${V:-9.0}"])!.Image);
    }

    [Fact]
    public void Properties_that_a_build_would_compute_say_nothing()
    {
        using var text = new StringReader("""
            <Project>
              <PropertyGroup>
                <ContainerFamily>alpine</ContainerFamily>
                <ContainerBaseImage>mcr.microsoft.com/dotnet/aspnet:$(Tag)</ContainerBaseImage>
                <ContainerBaseImage Condition="'$(Big)' == 'true'"> mcr.microsoft.com/dotnet/aspnet:10.0-noble </ContainerBaseImage>
              </PropertyGroup>
              <ItemGroup><ContainerFamily>x</ContainerFamily></ItemGroup>
            </Project>
            """);

        Assert.Equal([("", "alpine", 3), ("mcr.microsoft.com/dotnet/aspnet:10.0-noble", "", 5)], ProductionBaseReader.ReadProject("/p.csproj", text).Select(static stated => (stated.Image, stated.Family, stated.Location.Line)));
        using var damaged = new StringReader("<Project><PropertyGroup>");
        Assert.Empty(ProductionBaseReader.ReadProject("/p.csproj", damaged));
    }

    [Fact]
    public void A_work_tree_is_read_without_its_outputs()
    {
        string root = Directory.CreateTempSubdirectory("reprogate-image").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(root, "a", "obj"));
            File.WriteAllText(Path.Combine(root, "a", "obj", "Dockerfile"), "FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble\n");
            File.WriteAllText(Path.Combine(root, "a", "api.Dockerfile"), "FROM mcr.microsoft.com/dotnet/aspnet:10.0-alpine\n");
            File.WriteAllText(Path.Combine(root, "B.csproj"), "<Project><PropertyGroup><ContainerFamily>alpine</ContainerFamily></PropertyGroup></Project>");

            Assert.Equal(["B.csproj", "api.Dockerfile"], ProductionBaseReader.Read(root, CancellationToken.None).Select(static stated => Path.GetFileName(stated.Location.File)));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }
}
