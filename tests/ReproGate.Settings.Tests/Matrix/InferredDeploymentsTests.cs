using ReproGate.Facts.Configuration;
using ReproGate.Settings.Matrix;

namespace ReproGate.Settings.Tests.Matrix;

/// <summary>Which workloads of Kubernetes, charts of Helm and jobs of GitHub Actions Init takes for an application, and what it leaves to a person.</summary>
public sealed class InferredDeploymentsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Theory]
    // The image that compose builds, with and without a registry, or with one that is put in.
    [InlineData("services:\n  backend:\n    image: example/orders:dev\n    build: src/Shop.Api\n", "orders", "registry.example.com:5000/example/orders:1.2")]
    [InlineData("services:\n  backend:\n    image: ${REGISTRY:-local}/orders:${TAG:-latest}\n    build: src/Shop.Api\n", "main", "ghcr.io/local/orders@sha256:0123")]
    [InlineData("services:\n  backend:\n    image: ${REGISTRY}/orders\n    build: src/Shop.Api\n", "main", "$(Registry)/orders:#{Tag}#")]
    // The service's name with an image that does not say otherwise.
    [InlineData("services:\n  backend:\n    build: src/Shop.Api\n", "backend-deployment", "example/shop-backend")]
    // The project's own name, as image or as workload.
    [InlineData("", "main", "example/shop-api:1")]
    [InlineData("", "shop-api", "example/api")]
    [InlineData("", "shopapi", "")]
    public void A_workload_that_is_the_application(string compose, string name, string image)
    {
        if (compose.Length > 0)
        {
            _folder.Write("compose.yaml", compose);
        }

        _folder.Write("deploy/k8s/api.yaml", Deployment(name, image));

        MatrixAdditions frame = Frame();

        Assert.Equal("k8s Production Kubernetes", Cluster(frame));
        Assert.Equal([$"k8s:deploy/k8s#Deployment/{name}"], SourcesIn(frame, "k8s").Where(static source => !source.StartsWith("dockerfile", StringComparison.Ordinal)));
        Assert.Empty(frame.Notes);
    }

    [Theory]
    // Another image than the one that is built, another project's, only part of a name.
    [InlineData("services:\n  backend:\n    image: example/orders\n    build: src/Shop.Api\n", "other", "example/other-orders", "")]
    [InlineData("", "shop-api", "redis:8", "whether Deployment/shop-api of deploy/k8s runs it is not certain (image 'redis:8'); if it does, add \"k8s:deploy/k8s#Deployment/shop-api\"")]
    [InlineData("", "shop-frontend", "example/frontend", "whether Deployment/shop-frontend of deploy/k8s runs it is not certain")]
    [InlineData("", "cart", "example/cart", "")]
    // The image's name itself is put in.
    [InlineData("", "main", "${IMAGE}", "")]
    public void A_workload_that_may_be_another_s_is_told_and_not_taken(string compose, string name, string image, string note)
    {
        if (compose.Length > 0)
        {
            _folder.Write("compose.yaml", compose);
        }

        _folder.Write("deploy/k8s/api.yaml", Deployment(name, image));

        MatrixAdditions frame = Frame();

        Assert.DoesNotContain(frame.Environments, static environment => environment.Network == NetworkKind.Kubernetes);
        Assert.Equal(note.Length > 0 ? 1 : 0, frame.Notes.Count(text => text.StartsWith(note, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("<ContainerRepository>example/orders</ContainerRepository>", true)]
    [InlineData("<ContainerImageName>orders</ContainerImageName>", true)]
    [InlineData("<AssemblyName>Orders</AssemblyName>", true)]
    [InlineData("<ContainerRepository>$(Company)/orders</ContainerRepository>", false)]
    public void An_image_that_the_project_names(string property, bool taken)
    {
        _folder.Write("deploy/k8s/main.yaml", Deployment("main", "registry.example.com/example/orders:1"));

        MatrixAdditions frame = Frame($"<Project Sdk=\"Microsoft.NET.Sdk.Web\"><PropertyGroup>{property}</PropertyGroup></Project>");

        Assert.Equal(taken ? ["k8s:deploy/k8s#Deployment/main"] : [], SourcesIn(frame, "k8s"));
    }

    [Theory]
    [InlineData("      - uses: docker/build-push-action@v6\n        with:\n          context: .\n          file: src/Shop.Api/Dockerfile\n          tags: |\n            ghcr.io/example/orders:${{ github.sha }}\n            ghcr.io/example/orders:latest\n")]
    [InlineData("      - run: |\n          docker buildx build --build-arg A=1 --target final \\\n            -t \"$REGISTRY/orders:${TAG}\" --file=src/Shop.Api/Dockerfile --push .\n")]
    [InlineData("      - run: docker build -t example/orders src/Shop.Api\n")]
    [InlineData("      - run: docker build -t example/orders -f deploy/Api.Dockerfile .\n")]
    public void An_image_that_a_workflow_builds_brings_the_Dockerfile_along(string step)
    {
        _folder.Write("src/Shop.Api/Dockerfile", "FROM mcr.microsoft.com/dotnet/aspnet:10.0 AS final\nENV A=1\n");
        _folder.Write("deploy/Api.Dockerfile", "FROM mcr.microsoft.com/dotnet/aspnet:10.0\nENTRYPOINT [\"dotnet\", \"Shop.Api.dll\"]\n");
        _folder.Write(".github/workflows/release.yml", $"on: push\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n{step}");
        _folder.Write("deploy/k8s/main.yaml", Deployment("main", "ghcr.io/example/orders:1"));

        string[] sources = [.. SourcesIn(Frame(), "k8s")];

        Assert.Equal(2, sources.Length);
        Assert.Matches("^dockerfile:(src/Shop.Api/Dockerfile(#final)?|deploy/Api.Dockerfile)$", sources[0]);
        Assert.Equal("k8s:deploy/k8s#Deployment/main", sources[1]);
    }

    [Fact]
    public void Each_overlay_of_kustomize_is_an_environment_with_the_name_its_variables_give()
    {
        _folder.Write("deploy/base/kustomization.yaml", "resources: [api.yaml]\n");
        _folder.Write("deploy/base/api.yaml", Deployment("shop-api", "example/api") + "---\napiVersion: v1\nkind: Secret\nmetadata: { name: shop }\nstringData: { A: b }\n");
        _folder.Write("deploy/overlays/Staging/kustomization.yaml", "resources: [../../base]\nnamePrefix: staging-\nconfigMapGenerator:\n  - name: shop-settings\n    literals: [ASPNETCORE_ENVIRONMENT=Staging]\npatches:\n  - path: patch.yaml\n");
        _folder.Write("deploy/overlays/Staging/patch.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: shop-api }\nspec:\n  template:\n    spec:\n      containers:\n        - name: shop-api\n          envFrom: [{ configMapRef: { name: shop-settings } }]\n");
        _folder.Write("deploy/overlays/prod/kustomization.yaml", "resources: [../../base]\n");

        MatrixAdditions frame = Frame();

        Assert.Equal(["k8s-staging Staging", "k8s-prod Production"], frame.Environments.Where(static environment => environment.Network == NetworkKind.Kubernetes).Select(static environment => $"{environment.Name} {environment.DotNetName}"));
        Assert.Equal(["k8s:deploy/overlays/Staging#Deployment/shop-api"], SourcesIn(frame, "k8s-staging"));
        Assert.Equal(["k8s:deploy/overlays/prod#Deployment/shop-api"], SourcesIn(frame, "k8s-prod"));
        Assert.Empty(frame.Notes);
    }

    [Fact]
    public void Folders_that_have_the_same_workload_are_environments_and_share_the_others()
    {
        _folder.Write("k8s/prod/api.yaml", Deployment("shop-api", "example/api"));
        _folder.Write("k8s/test/api.yaml", Deployment("shop-api", "example/api", "            - { name: DOTNET_ENVIRONMENT, value: Staging }\n"));
        _folder.Write("k8s/shared/db.yaml", "apiVersion: v1\nkind: Service\nmetadata: { name: db }\nspec: { ports: [{ port: 5432 }] }\n");

        MatrixAdditions frame = Frame();

        Assert.Equal(["k8s:k8s/prod,k8s/shared#Deployment/shop-api"], SourcesIn(frame, "k8s-prod"));
        Assert.Equal(["k8s:k8s/test,k8s/shared#Deployment/shop-api"], SourcesIn(frame, "k8s-test"));
        Assert.Equal("Staging", frame.Environments.Single(static environment => environment.Name == "k8s-test").DotNetName);
    }

    [Fact]
    public void Manifests_beside_other_YAML_are_named_by_file_and_those_below_the_project_are_found()
    {
        _folder.Write("src/Shop.Api/k8s/deployment.yaml", Deployment("shop-api", "example/api"));
        _folder.Write("src/Shop.Api/k8s/values.yaml", "a: 1\n");

        Assert.Equal(["k8s:src/Shop.Api/k8s/deployment.yaml#Deployment/shop-api"], SourcesIn(Frame(), "k8s"));
    }

    [Theory]
    [InlineData("k8s#2")]
    [InlineData("a,b")]
    [InlineData("a\"b")]
    public void A_folder_whose_name_the_matrix_cannot_hold_is_told(string folder)
    {
        _folder.Write($"{folder}/api.yaml", Deployment("shop-api", "example/api"));

        MatrixAdditions frame = Frame();

        Assert.DoesNotContain(frame.Environments, static environment => environment.Network == NetworkKind.Kubernetes);
        Assert.StartsWith($"it runs by {folder}, whose name cannot be written", Assert.Single(frame.Notes), StringComparison.Ordinal);
        Assert.NotNull(MatrixReader.Parse("/m.json", System.Text.Encoding.UTF8.GetBytes(MatrixWriter.Add("/m.json", MatrixWriter.Empty("x"), frame)), out _));
    }

    [Fact]
    public void A_second_container_is_named_and_a_migration_of_the_same_image_is_not_taken_for_the_application()
    {
        string sidecar = Deployment("proxy", "envoyproxy/envoy").Replace("      containers:\n", "      containers:\n        - { name: api, image: example/shop-api }\n", StringComparison.Ordinal);
        _folder.Write("deploy/k8s/main.yaml", sidecar);
        _folder.Write("deploy/k8s/migrate.yaml", Deployment("migrate", "example/shop-api").Replace("apps/v1", "batch/v1", StringComparison.Ordinal).Replace("kind: Deployment", "kind: Job", StringComparison.Ordinal));

        Assert.Equal(["k8s:deploy/k8s#Deployment/proxy/api"], SourcesIn(Frame(), "k8s"));
    }

    [Fact]
    public void Two_workloads_of_one_image_and_two_projects_of_one_name_are_for_a_person_to_choose_from()
    {
        _folder.Write("deploy/k8s/a.yaml", Deployment("public", "example/shop-api"));
        _folder.Write("deploy/k8s/b.yaml", Deployment("intern", "example/shop-api"));
        MatrixAdditions two = Frame();
        Assert.Empty(SourcesIn(two, "k8s"));
        Assert.Equal("several workloads of deploy/k8s are it, as it seems; name the one of each environment: \"k8s:deploy/k8s#Deployment/public\" or \"k8s:deploy/k8s#Deployment/intern\"", Assert.Single(two.Notes));

        _folder.Write("deploy/k8s/b.yaml", Deployment("public", "example/shop-api"));
        Assert.EndsWith("\"k8s:deploy/k8s/a.yaml#Deployment/public\" or \"k8s:deploy/k8s/b.yaml#Deployment/public\"", Assert.Single(Frame().Notes), StringComparison.Ordinal);

        File.Delete(_folder.PathOf("deploy/k8s/b.yaml"));
        _folder.Write("samples/Shop.Api/Shop.Api.csproj", "<Project />");
        MatrixAdditions names = Frame();
        Assert.Empty(SourcesIn(names, "k8s"));
        Assert.Contains("Deployment/public", Assert.Single(names.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void What_could_not_be_read_or_is_named_by_something_unknown_is_told()
    {
        _folder.Write("deploy/k8s/a.yaml", Deployment("shop-api", "example/api", "            - { name: ASPNETCORE_ENVIRONMENT, valueFrom: { secretKeyRef: { name: s, key: environment } } }\n"));
        Assert.StartsWith("Deployment/shop-api runs it, in an environment whose name is not in the repository; add the environment, and \"k8s:deploy/k8s#Deployment/shop-api\"", Assert.Single(Frame().Notes), StringComparison.Ordinal);

        _folder.Write("deploy/k8s/a.yaml", Deployment("shop-api", "example/api", "            - { name: A, valueFrom: { configMapKeyRef: { name: nowhere, key: a } } }\n"));
        Assert.Contains("the manifests have no ConfigMap 'nowhere'", Assert.Single(Frame().Notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shop-api", "image:\n  repository: example/x\n", 1, true)]
    [InlineData("backend", "image:\n  registry: ghcr.io\n  repository: example/shop-api\n", 1, true)]
    [InlineData("shop", "image:\n  repository: example/other\n", 1, false)]
    [InlineData("shop-api", "", 2, false)]
    public void A_chart_that_is_the_application(string name, string values, int workloads, bool taken)
    {
        if (taken && name == "shop-api")
        {
            values = values.Replace("/x", "/shop-api", StringComparison.Ordinal);
        }

        _folder.Write("charts/it/Chart.yaml", $"apiVersion: v2\nname: {name}\n");
        _folder.Write("charts/it/values.yaml", values);
        for (int i = 0; i < workloads; i++)
        {
            _folder.Write($"charts/it/templates/d{i}.yaml", Deployment("{{ .Release.Name }}", "{{ .Values.image.repository }}", "            - { name: Orders__Url, value: \"{{ .Values.url }}\" }\n"));
        }

        _folder.Write("charts/it/templates/tests/connection.yaml", "apiVersion: v1\nkind: Pod\nmetadata: { name: test }\nspec:\n  containers: [{ name: wget, image: busybox }]\n");

        MatrixAdditions frame = Frame();

        Assert.Equal(taken ? ["helm:charts/it/values.yaml"] : [], SourcesIn(frame, "helm"));
        Assert.Equal(workloads == 2 ? 1 : 0, frame.Notes.Count(static note => note.Contains("which of its 2 workloads", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("env:\n  ASPNETCORE_ENVIRONMENT: Staging\n", "Staging")]
    [InlineData("env:\n  - name: ASPNETCORE_ENVIRONMENT\n    value: Testing\n", "Testing")]
    [InlineData("env: {}\n", "")]
    public void The_environment_of_a_chart_stands_in_its_values(string values, string environment)
    {
        _folder.Write("charts/shop-api/Chart.yaml", "apiVersion: v2\nname: shop-api\n");
        _folder.Write("charts/shop-api/values.yaml", values);
        _folder.Write("charts/shop-api/templates/d.yaml", Deployment("x", "", "            - { name: ASPNETCORE_ENVIRONMENT, value: \"{{ .Values.environment }}\" }\n"));

        MatrixAdditions frame = Frame();

        Assert.Equal(environment.Length > 0 ? $"helm {environment} Kubernetes" : "", Cluster(frame));
        Assert.Equal(environment.Length > 0 ? 0 : 1, frame.Notes.Length);
    }

    [Theory]
    [InlineData("dotnet run --project src/Shop.Api --no-launch-profile", "Staging")]
    [InlineData("dotnet run -c Release --project=src/Shop.Api/Shop.Api.csproj &", "Staging")]
    [InlineData("cd x && dotnet out/Shop.Api.dll --urls http://localhost:5000", "Staging")]
    public void A_job_that_runs_the_application(string command, string environment)
    {
        _folder.Write(".github/workflows/e2e.yml", $"on: push\nenv:\n  ASPNETCORE_ENVIRONMENT: Staging\njobs:\n  E2E:\n    runs-on: ubuntu-latest\n    steps:\n      - run: {command}\n        env:\n          Orders__Url: http://localhost\n");

        MatrixAdditions frame = Frame();

        Assert.Equal($"ci-e2e {environment} Host", Assert.Single(frame.Environments, static one => one.Name.StartsWith("ci-", StringComparison.Ordinal)) is var found ? $"{found.Name} {found.DotNetName} {found.Network}" : "");
        Assert.Equal(["github:.github/workflows/e2e.yml#E2E"], SourcesIn(frame, "ci-e2e"));
    }

    [Theory]
    // With a launch profile, in an environment that is put in, by tests that may run anything, or it runs another project.
    [InlineData("dotnet run --project src/Shop.Api", true, "A", "with the variables of a launch profile")]
    [InlineData("dotnet run --project src/Shop.Api", false, "${{ inputs.where }}", "in an environment whose name is put in")]
    [InlineData("dotnet test", false, "A", "sets Orders__Url; if it is this application that reads it there, add \"github:.github/workflows/e2e.yml#e2e\"")]
    [InlineData("dotnet run --project src/Shop.Worker", false, "A", "sets Orders__Url")]
    public void A_job_that_may_run_it_is_told(string command, bool profile, string environment, string note)
    {
        if (profile)
        {
            _folder.Write("src/Shop.Api/Properties/launchSettings.json", "{}");
        }

        _folder.Write(".github/workflows/e2e.yml", $"jobs:\n  e2e:\n    steps:\n      - run: {command}\n        env:\n          DOTNET_ENVIRONMENT: {environment}\n          Orders__Url: http://localhost\n  other:\n    steps:\n      - run: echo\n");

        MatrixAdditions frame = Frame();

        Assert.DoesNotContain(frame.Environments, static one => one.Name.StartsWith("ci-", StringComparison.Ordinal));
        Assert.Contains(note, Assert.Single(frame.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_matrix_that_people_wrote_is_told_what_it_does_not_have()
    {
        _folder.Write("deploy/k8s/api.yaml", Deployment("shop-api", "example/api"));
        EnvironmentMatrix matrix = new()
        {
            File = _folder.PathOf("reprogate.env.json"),
            Environments = [new MatrixEnvironment("live", "Production", NetworkKind.Host, new SourceLocation(""))],
            Keys = [new MatrixKey("A", new SourceLocation(""))],
        };

        MatrixAdditions frame = Frame(matrix: matrix);
        Assert.Empty(frame.Environments);
        Assert.Empty(Assert.Single(frame.Apps).Sources);
        Assert.Contains("add \"k8s\": { \"name\": \"Production\", \"network\": \"k8s\" }", Assert.Single(frame.Notes), StringComparison.Ordinal);

        MatrixAdditions known = Frame(matrix: matrix with { Apps = [new MatrixApp("api", "src/Shop.Api/Shop.Api.csproj", new SourceLocation(""))] });
        Assert.Empty(known.Apps);
        Assert.Equal("it runs as \"k8s:deploy/k8s#Deployment/shop-api\", too, which the matrix does not have among its sources", Assert.Single(known.Notes));

        var cluster = new MatrixEnvironment("k8s", "Production", NetworkKind.Kubernetes, new SourceLocation(""));
        Assert.Equal(["k8s:deploy/k8s#Deployment/shop-api"], SourcesIn(Frame(matrix: matrix with { Environments = [cluster] }), "k8s"));
        // The same name for something else.
        Assert.Empty(SourcesIn(Frame(matrix: matrix with { Environments = [cluster with { DotNetName = "Staging" }] }), "k8s"));
    }

    public void Dispose() => _folder.Dispose();

    private static string Deployment(string name, string image, string variables = "") => $$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: "{{name}}"
        spec:
          template:
            spec:
              containers:
                - name: "{{name}}"
                  image: "{{image}}"
        {{(variables.Length > 0 ? $"          env:\n{variables}" : "")}}

        """.ReplaceLineEndings("\n");

    private static string Cluster(MatrixAdditions frame) =>
        frame.Environments.SingleOrDefault(static environment => environment.Network == NetworkKind.Kubernetes) is { } found ? $"{found.Name} {found.DotNetName} {found.Network}" : "";

    private MatrixAdditions Frame(string project = "<Project Sdk=\"Microsoft.NET.Sdk.Web\" />", EnvironmentMatrix? matrix = null) =>
        MatrixInit.Frame(matrix ?? new EnvironmentMatrix { File = _folder.PathOf("reprogate.env.json") }, _folder.Root, _folder.Write("src/Shop.Api/Shop.Api.csproj", project), []);

    private static IEnumerable<string> SourcesIn(MatrixAdditions frame, string environment) =>
        Assert.Single(frame.Apps).Sources.GetValueOrDefault(environment, []).Select(MatrixWriter.Text);
}
