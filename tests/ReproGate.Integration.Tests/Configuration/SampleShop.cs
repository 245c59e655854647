using ReproGate.TestKit;

namespace ReproGate.Integration.Tests.Configuration;

/// <summary>The shop of testassets/config-shop in a repository of its own. Of its WebAssembly client the SDK and package, which come from a feed, are stood in for by a project with the types of the same name.</summary>
internal static class SampleShop
{
    private static readonly string Sample = Path.Combine(TestEnvironment.SourceRoot, "testassets", "config-shop");

    /// <summary>The types of the package that a client in the browser starts with.</summary>
    public const string HostBuilder = """
        using Microsoft.Extensions.DependencyInjection;

        namespace Microsoft.AspNetCore.Components.WebAssembly.Hosting;

        public sealed class WebAssemblyHostBuilder
        {
            public Microsoft.Extensions.Configuration.ConfigurationManager Configuration { get; } = new();

            public IServiceCollection Services { get; } = new ServiceCollection();

            public static WebAssemblyHostBuilder CreateDefault(string[] args) => new();

            public WebAssemblyHost Build() => new();
        }

        public sealed class WebAssemblyHost
        {
            public System.Threading.Tasks.Task RunAsync() => System.Threading.Tasks.Task.CompletedTask;
        }
        """;

    /// <summary>Copies it; nothing is locked yet.</summary>
    public static TestRepository Copy(string name)
    {
        TestRepository repo = TestRepository.Create(name);
        foreach (string file in Directory.EnumerateFiles(Sample, "*", SearchOption.AllDirectories))
        {
            string relative = Path.GetRelativePath(Sample, file).Replace('\\', '/');
            if (!relative.Split('/').Any(static part => part is "bin" or "obj"))
            {
                repo.Write(relative, File.ReadAllText(file));
            }
        }

        repo.Project("src/Hosting/Hosting.csproj", static project => project.Property("AssemblyName", "Microsoft.AspNetCore.Components.WebAssembly").Item("FrameworkReference", "Microsoft.AspNetCore.App"));
        repo.Write("src/Hosting/Builder.cs", HostBuilder);
        repo.Replace("src/Shop.Client/Shop.Client.csproj", "Microsoft.NET.Sdk.BlazorWebAssembly", "Microsoft.NET.Sdk.Razor");
        repo.Replace("src/Shop.Client/Shop.Client.csproj", "<ImplicitUsings>", "<OutputType>Exe</OutputType>\n    <ImplicitUsings>");
        repo.Replace("src/Shop.Client/Shop.Client.csproj", "<PackageReference Include=\"Microsoft.AspNetCore.Components.WebAssembly\" Version=\"10.0.15\" />", "<FrameworkReference Include=\"Microsoft.AspNetCore.App\" />\n    <ProjectReference Include=\"../Hosting/Hosting.csproj\" />");
        repo.Replace("src/Shop.Client/Program.cs", "using Microsoft.AspNetCore", "using Microsoft.Extensions.DependencyInjection;\nusing Microsoft.AspNetCore");
        return repo;
    }
}
