using System.IO.Compression;
using ReproGate.TestKit;

namespace ReproGate.Integration.Tests.RestoredBytes;

/// <summary>RGATE1005 and RGATE1006: what NuGet lets pass in the packages folder.</summary>
public sealed class PackageBytesTests
{
    [Fact]
    public void A_tampered_assembly_passes_NuGet_and_fails_the_gate_even_after_a_green_build()
    {
        using TestRepository repo = Locked();
        ProcessResult green = repo.Dotnet("build", "App/App.csproj");
        Assert.True(green.ExitCode == 0, green.ToString());
        Assert.Empty(green.Findings);

        // Up to date: nothing of ours loads.
        ProcessResult again = repo.Dotnet("build", "App/App.csproj");
        Assert.True(again.ExitCode == 0, again.ToString());
        Assert.DoesNotContain(TestRepository.ReadBinlog(again).FindChildrenRecursive<Microsoft.Build.Logging.StructuredLogger.Task>(), static task => task.Name is "VerifyRestore" or "CheckRepositoryLock" or "CheckDeclaredRestore");

        string dll = Path.Combine(repo.Packages, "acme.json/1.0.0/lib/netstandard2.0/Acme.Json.dll");
        File.WriteAllBytes(dll, PackageFixture.Assembly("Acme.Json", "1.0.0.1"));
        ProcessResult plain = repo.Dotnet("build", "App/App.csproj", "-p:ReproGateEnabled=false", "-p:RestorePackagesWithLockFile=true", "-p:RestoreLockedMode=true");
        Assert.True(plain.ExitCode == 0, plain.ToString());

        ProcessResult result = repo.Dotnet("build", "App/App.csproj");
        Diagnostic error = Assert.Single(result.Errors);
        Assert.Equal(("RGATE1006", dll), (error.Code, error.File));
        Assert.Contains("lib/netstandard2.0/Acme.Json.dll differs", error.Text, StringComparison.Ordinal);
        Assert.NotEqual(0, repo.Dotnet("build", "App/App.csproj").ExitCode);
    }

    [Fact]
    public void Altered_translations_are_found_by_the_next_look_and_an_unchanged_build_does_not_look_for_them()
    {
        using TestRepository repo = Locked("lib/netstandard2.0/de/Acme.Json.resources.dll");
        ProcessResult green = repo.Dotnet("build", "App/App.csproj");
        Assert.True(green.ExitCode == 0, green.ToString());
        string texts = Path.Combine(repo.Packages, "acme.json/1.0.0/lib/netstandard2.0/de/Acme.Json.resources.dll");
        File.WriteAllText(texts, "other texts");

        ProcessResult unchanged = repo.Dotnet("build", "App/App.csproj");
        Assert.True(unchanged.ExitCode == 0, unchanged.ToString());

        // Whatever makes the build look at its stamps again; this one stands for another check, and the look at the bytes has changed by the texts alone.
        repo.Write(".gitignore", $"{repo.Read(".gitignore")}\n*.tmp\n");
        ProcessResult result = repo.Dotnet("build", "App/App.csproj");
        Diagnostic error = Assert.Single(result.Errors);
        Assert.Equal(("RGATE1006", texts), (error.Code, error.File));
        Assert.NotEqual(0, repo.Dotnet("build", "App/App.csproj").ExitCode);
    }

    [Fact]
    public void A_tampered_nupkg_with_its_old_metadata_passes_NuGet_and_fails_the_gate()
    {
        using TestRepository repo = Locked();
        string directory = Path.Combine(repo.Packages, "acme.json/1.0.0");
        string nupkg = Path.Combine(directory, "acme.json.1.0.0.nupkg");
        using (ZipArchive archive = ZipFile.Open(nupkg, ZipArchiveMode.Update))
        {
            archive.CreateEntry("build/Acme.Json.targets").Open().Dispose();
        }

        ProcessResult plain = repo.Dotnet("build", "App/App.csproj", "-p:ReproGateEnabled=false", "-p:RestorePackagesWithLockFile=true", "-p:RestoreLockedMode=true");
        Assert.True(plain.ExitCode == 0, plain.ToString());

        ProcessResult result = repo.Dotnet("build", "App/App.csproj");
        Diagnostic error = Assert.Single(result.Errors);
        Assert.Equal(("RGATE1005", repo.PathOf("App/packages.lock.json"), repo.LineOf("App/packages.lock.json", "contentHash")), (error.Code, error.File, error.Line));
    }

    [Fact]
    public void An_edited_content_hash_passes_a_no_op_restore_and_fails_the_gate()
    {
        using TestRepository repo = Locked();
        Assert.Equal(0, repo.Dotnet("build", "App/App.csproj").ExitCode);
        string text = repo.Read("App/packages.lock.json");
        int at = text.IndexOf("contentHash\": \"", StringComparison.Ordinal) + "contentHash\": \"".Length;
        repo.Write("App/packages.lock.json", string.Concat(text.AsSpan(0, at), text[at] == 'A' ? "B" : "A", text.AsSpan(at + 1)));

        ProcessResult plain = repo.Dotnet("build", "App/App.csproj", "-p:ReproGateEnabled=false", "-p:RestorePackagesWithLockFile=true", "-p:RestoreLockedMode=true");
        ProcessResult result = repo.Dotnet("build", "App/App.csproj");

        Assert.True(plain.ExitCode == 0, plain.ToString());
        Assert.Equal("RGATE1005", Assert.Single(result.Errors).Code);
    }

    [Fact]
    public void A_planted_targets_file_is_an_added_file_and_removed_documentation_is_none()
    {
        using TestRepository repo = Locked();
        string directory = Path.Combine(repo.Packages, "acme.json/1.0.0");
        File.Delete(Path.Combine(directory, "lib/netstandard2.0/Acme.Json.xml"));
        File.WriteAllText(Path.Combine(directory, ".DS_Store"), "x");
        File.WriteAllText(Path.Combine(directory, "lib/netstandard2.0/Acme.Json.pdb"), "x");
        ProcessResult green = repo.Dotnet("build", "App/App.csproj");
        Assert.True(green.ExitCode == 0, green.ToString());
        Assert.Empty(green.Findings);

        Directory.CreateDirectory(Path.Combine(directory, "build"));
        File.WriteAllText(Path.Combine(directory, "build/Acme.Json.targets"), "<Project />");
        // What a planted file needs to be used: a restore that reads the folder anew.
        Directory.Delete(repo.PathOf("App/obj"), recursive: true);
        ProcessResult result = repo.Dotnet("build", "App/App.csproj");

        Diagnostic error = Assert.Single(result.Errors);
        Assert.Equal(("RGATE1006", Path.Combine(directory, "build/Acme.Json.targets")), (error.Code, error.File));
        Assert.Contains("build/Acme.Json.targets was added", error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_packages_folder_without_nupkgs_is_told_and_does_not_fail_the_build()
    {
        using TestRepository repo = Locked();
        File.Delete(Path.Combine(repo.Packages, "acme.json/1.0.0/acme.json.1.0.0.nupkg"));

        ProcessResult result = repo.Dotnet("build", "App/App.csproj");

        Assert.True(result.ExitCode == 0, result.ToString());
        Diagnostic warning = Assert.Single(result.Findings);
        Assert.Equal(("RGATE0090", repo.PathOf("App/App.csproj")), (warning.Code, warning.File));
        Assert.Contains("Acme.Json 1.0.0", warning.Text, StringComparison.Ordinal);
    }

    private static TestRepository Locked(params string[] further)
    {
        TestRepository repo = TestRepository.Create("répo with space", privatePackages: true);
        // The fixtures' projects have no code that uses their package.
        repo.Environment["ReproGatePackagesEnabled"] = "false";
        PackageFixture.Create(repo.Feed, "Acme.Json", "1.0.0", files: [("lib/netstandard2.0/Acme.Json.xml", "<doc />"u8.ToArray()), .. further.Select(static file => (file, "texts"u8.ToArray()))]);
        repo.Project("App/App.csproj", project => project.Package("Acme.Json", "1.0.0"));
        return repo.Lock("App/App.csproj");
    }
}
