using ReproGate.Facts.Configuration;
using static ReproGate.Settings.Tests.Reading;

namespace ReproGate.Settings.Tests.Sources;

public sealed class KubernetesTests : IDisposable
{
    private const string Deployment = """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: api
        spec:
          template:
            metadata:
              labels: { app: api }
            spec:
              containers:
                - name: api
                  image: shop/api
                  envFrom:
                    - configMapRef: { name: shop }
                    - secretRef: { name: vault }
                      prefix: V_
                  env:
                    - name: Plain
                      value: "1"
                    - name: Url
                      value: http://$(Plain)
                    - name: FromMap
                      valueFrom: { configMapKeyRef: { name: shop, key: Key } }
                    - name: Password
                      valueFrom:
                        secretKeyRef: { name: shop-secret, key: pw }
                    - name: Node
                      valueFrom: { fieldRef: { fieldPath: spec.nodeName } }
                  ports:
                    - { containerPort: 8080, name: http }
                  volumeMounts:
                    - { name: files, mountPath: /app/appsettings.Production.json, subPath: prod.json }
                    - { name: keys, mountPath: /etc/keys }
              volumes:
                - name: files
                  configMap: { name: shop, items: [{ key: appsettings.json, path: prod.json }] }
                - name: keys
                  secret: { secretName: shop-secret }
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: { name: shop }
        data:
          Key: value
          Orders__Url: http://orders
          appsettings.json: |
            {
              "Mounted": { "A": true }
            }
        ---
        apiVersion: v1
        kind: Secret
        metadata: { name: shop-secret }
        stringData:
          pw: hunter2
        ---
        apiVersion: v1
        kind: Service
        metadata: { name: api-svc, namespace: shop }
        spec:
          selector: { app: api }
          ports:
            - { port: 80, targetPort: http, nodePort: 30080 }
            - { port: 81, targetPort: 9999 }
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_file_that_could_change_the_answer_is_known_afterwards()
    {
        _folder.Write("prod/kustomization.yaml", "resources: [../base]\n");
        _folder.Write("base/kustomization.yaml", "resources: [api.yaml]\n");
        _folder.Write("base/api.yaml", Deployment);
        var reader = new ProviderReader(_folder.Root);
        reader.Read(new ProviderRequest
        {
            Host = new HostConfiguration(HostKind.WebApplication),
            ProjectDirectory = _folder.Root,
            EnvironmentName = "Staging",
            AssemblyName = "Shop",
            Sources = [Source("k8s", "prod", "Deployment/api")],
        });

        // The kustomization of the base gives no key of its own; appsettings.Staging.json does not exist yet.
        string[] expected = ["appsettings.Staging.json", "base/api.yaml", "base/kustomization.yaml", "prod/kustomization.yaml"];
        Assert.All(expected, file => Assert.Contains(_folder.PathOf(file), reader.LookedAt));
    }

    [Fact]
    public void Variables_of_a_deployment_in_their_order()
    {
        _folder.Write("k8s/all.yaml", Deployment);
        var host = new HostConfiguration(HostKind.WebApplication) { Operations = [new ProviderOperation(ProviderKind.KeyPerFile, null) { Argument = "/etc/keys" }] };

        ProviderSet set = _folder.Read(host: host, sources: Source("k8s", "k8s/", "Deployment/api"));

        set.AssertNoFaults();
        Assert.Equal(("1", "http://1", "value", "http://orders"), (set.ValueOf("Plain"), set.ValueOf("Url"), set.ValueOf("FromMap"), set.ValueOf("Orders:Url")));
        Assert.Equal(("all.yaml", 18, 21), set.PlaceOf("Plain"));
        Assert.Equal(("all.yaml", 45, 3), set.PlaceOf("Orders:Url"));
        ProvidedKey password = set.Effective().Find("Password")!.Value;
        Assert.Equal((null, false, true), (password.Value, password.ValueIsKnown, password.FromSecretStore));
        Assert.False(set.Effective().Find("Node")!.Value.ValueIsKnown);
        Assert.Equal("Secret vault", Assert.Single(set.Effective().Opaque).Name);
        Assert.Equal("True", set.ValueOf("Mounted:A"));
        Assert.Equal(48, set.PlaceOf("Mounted:A").Line);
        Assert.True(set.Effective().Find("pw")!.Value.LiteralInFile);
    }

    [Fact]
    public void No_secret_text_is_in_the_facts()
    {
        _folder.Write("k8s/all.yaml", Deployment);
        var host = new HostConfiguration(HostKind.WebApplication) { Operations = [new ProviderOperation(ProviderKind.KeyPerFile, null) { Argument = "/etc/keys" }] };

        ProviderSet set = _folder.Read(host: host, sources: Source("k8s", "k8s", "api"));

        Assert.DoesNotContain("hunter2", string.Concat(set.Providers.SelectMany(static provider => provider.Keys)), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", string.Concat(set.Variables.SelectMany(static provider => provider.Keys)), StringComparison.Ordinal);
    }

    [Fact]
    public void Ports_and_hosts()
    {
        _folder.Write("k8s/all.yaml", Deployment);

        NetworkFacts network = _folder.Read(sources: Source("k8s", "k8s", "api")).Network;

        Assert.Equal([(8080, PortOrigin.ContainerPort), (8080, PortOrigin.TargetPort), (9999, PortOrigin.TargetPort)], network.Declared.Select(static port => (port.Port, port.Origin)));
        ServiceHost host = Assert.Single(network.Hosts);
        Assert.Equal(("api-svc", "shop", "80,81"), (host.Name, host.Namespace, string.Join(',', host.Ports)));
        Assert.Equal(30080, Assert.Single(network.Published).HostPort);
    }

    [Theory]
    [InlineData("StatefulSet")]
    [InlineData("DaemonSet")]
    [InlineData("Job")]
    public void Other_workloads(string kind)
    {
        _folder.Write("w.yaml", $"kind: {kind}\nmetadata: {{ name: w }}\nspec:\n  template:\n    spec:\n      containers: [{{ name: c, env: [{{ name: A, value: b }}] }}]\n");

        Assert.Equal("b", _folder.Read(sources: Source("k8s", "w.yaml", $"{kind}/w/c")).ValueOf("A"));
    }

    [Fact]
    public void Cron_jobs_and_pods_and_lists()
    {
        _folder.Write("w.yaml", "kind: List\nitems:\n  - kind: CronJob\n    metadata: { name: w }\n    spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: c, env: [{ name: A, value: cron }] }] } } } } }\n  - kind: Pod\n    metadata: { name: p }\n    spec: { containers: [{ name: c, env: [{ name: A, value: pod }, { name: E }] }] }\n");

        Assert.Equal("cron", _folder.Read(sources: Source("k8s", "w.yaml", "CronJob/w")).ValueOf("A"));
        ProviderSet pod = _folder.Read(sources: Source("k8s", "w.yaml", "p"));
        Assert.Equal(("pod", ""), (pod.ValueOf("A"), pod.ValueOf("E")));
    }

    [Fact]
    public void A_key_that_the_map_does_not_have_is_a_fault()
    {
        _folder.Write("k8s/all.yaml", Deployment.Replace("key: Key", "key: Kay", StringComparison.Ordinal));

        _folder.Read(sources: Source("k8s", "k8s", "api")).AssertFault(SettingsFaultKind.Malformed, "no key 'Kay'", 23);
    }

    [Fact]
    public void Kustomize_overlays()
    {
        _folder.Write("base/kustomization.yaml", "resources: [all.yaml]\nconfigMapGenerator:\n  - name: gen\n    literals:\n      - A=base\n      - B=base\n");
        _folder.Write("base/all.yaml", "kind: Deployment\nmetadata: { name: api }\nspec:\n  template:\n    spec:\n      containers:\n        - name: api\n          envFrom: [{ configMapRef: { name: gen } }]\n          env:\n            - { name: P, value: base }\n            - { name: Q, value: base }\n            - { name: R, value: base }\n");
        _folder.Write("prod/kustomization.yaml", """
            namePrefix: prod-
            resources: [../base]
            configMapGenerator:
              - name: gen
                behavior: merge
                literals: [B=prod]
                envs: [more.env]
            patches:
              - path: env.yaml
              - target: { kind: Deployment, name: api }
                patch: |-
                  - op: replace
                    path: /spec/template/spec/containers/0/env/1/value
                    value: patched
                  - op: add
                    path: /spec/template/spec/containers/0/env/-
                    value: { name: S, value: added }
            """);
        _folder.Write("prod/env.yaml", "kind: Deployment\nmetadata: { name: api }\nspec:\n  template:\n    spec:\n      containers:\n        - name: api\n          env:\n            - { name: P, value: prod }\n            - { name: Q, $patch: delete }\n");
        _folder.Write("prod/more.env", "\nC=env\n");

        ProviderSet set = _folder.Read(sources: Source("k8s", "prod", "Deployment/prod-api"));

        set.AssertNoFaults();
        Assert.Equal(("base", "prod", "env"), (set.ValueOf("A"), set.ValueOf("B"), set.ValueOf("C")));
        Assert.Equal(("prod", null, "patched", "added"), (set.ValueOf("P"), set.ValueOf("Q"), set.ValueOf("R"), set.ValueOf("S")));
        Assert.Equal(("env.yaml", 9, 23), set.PlaceOf("P"));
        Assert.Equal(("more.env", 2, 1), set.PlaceOf("C"));
        Assert.Equal(("kustomization.yaml", 17, 24), set.PlaceOf("S"));
    }

    [Theory]
    [InlineData("patchesStrategicMerge: [env.yaml]\n", "patched")]
    [InlineData("patchesStrategicMerge:\n  - |-\n    kind: Deployment\n    metadata: { name: api }\n    spec: { template: { spec: { containers: [{ name: api, env: [{ name: A, value: patched }] }] } } }\n", "patched")]
    [InlineData("patchesJson6902:\n  - target: { group: apps, version: v1, kind: Deployment, name: api }\n    path: operations.yaml\n", "patched")]
    [InlineData("patches:\n  - target: { labelSelector: app=shop }\n    path: env.yaml\n", "patched")]
    [InlineData("components: [../component]\n", "patched")]
    // Near misses: another object, another label.
    [InlineData("patches:\n  - target: { kind: StatefulSet }\n    path: env.yaml\n", "base")]
    [InlineData("patches:\n  - target: { labelSelector: app=other }\n    path: env.yaml\n", "base")]
    public void Kustomize_patches_variables_in_each_of_its_forms(string patch, string expected)
    {
        const string Env = "kind: Deployment\nmetadata: { name: api }\nspec:\n  template:\n    spec:\n      containers:\n        - name: api\n          env: [{ name: A, value: patched }]\n";
        _folder.Write("base/kustomization.yaml", "resources: [all.yaml]\n");
        _folder.Write("base/all.yaml", "kind: Deployment\nmetadata: { name: api, labels: { app: shop } }\nspec:\n  template:\n    spec:\n      containers:\n        - name: api\n          env: [{ name: A, value: base }, { name: B, value: base }]\n");
        _folder.Write("prod/kustomization.yaml", "resources: [../base]\n" + patch);
        _folder.Write("prod/env.yaml", Env);
        _folder.Write("prod/operations.yaml", "- { op: test, path: /kind, value: Deployment }\n- { op: replace, path: /spec/template/spec/containers/0/env/0/value, value: patched }\n");
        _folder.Write("component/kustomization.yaml", "kind: Component\npatches: [{ path: env.yaml }]\n");
        _folder.Write("component/env.yaml", Env);

        ProviderSet set = _folder.Read(sources: Source("k8s", "prod", "api"));

        set.AssertNoFaults();
        Assert.Equal((expected, "base"), (set.ValueOf("A"), set.ValueOf("B")));
    }

    [Fact]
    public void Volumes_that_join_several_sources_are_key_per_file_where_the_code_adds_the_folder()
    {
        _folder.Write("k8s/all.yaml", """
            kind: Deployment
            metadata: { name: api }
            spec:
              template:
                spec:
                  containers:
                    - name: api
                      volumeMounts: [{ name: all, mountPath: /etc/shop }]
                  volumes:
                    - name: all
                      projected:
                        sources:
                          - configMap: { name: map, items: [{ key: url, path: Orders__Url }] }
                          - secret: { name: vault }
            ---
            kind: ConfigMap
            metadata: { name: map }
            data: { url: http://orders, other: x }
            ---
            kind: Secret
            metadata: { name: vault }
            stringData: { Payment__Key: hunter2 }
            """);
        var host = new HostConfiguration(HostKind.WebApplication) { Operations = [new ProviderOperation(ProviderKind.KeyPerFile, null) { Argument = "/etc/shop" }] };

        ProviderSet set = _folder.Read(host: host, sources: Source("k8s", "k8s", "api"));

        set.AssertNoFaults();
        Assert.Equal(("http://orders", null), (set.ValueOf("Orders:Url"), set.ValueOf("other")));
        Assert.Equal((null, true), (set.ValueOf("Payment:Key"), set.Effective().Find("Payment:Key")!.Value.FromSecretStore));
    }

    [Fact]
    public void Kustomizations_in_a_circle_end()
    {
        _folder.Write("a/kustomization.yaml", "resources: [../b]\n");
        _folder.Write("b/kustomization.yaml", "resources:\n  - ../a\n");

        _folder.Read(sources: Source("k8s", "a", "x")).AssertFault(SettingsFaultKind.Malformed, "takes itself in", 2);
    }

    [Fact]
    public void Secrets_that_kustomize_makes_are_not_kept()
    {
        _folder.Write("k/kustomization.yaml", "resources: [d.yaml]\nsecretGenerator:\n  - name: s\n    literals: [Password=hunter2]\n");
        _folder.Write("k/d.yaml", "kind: Deployment\nmetadata: { name: api }\nspec: { template: { spec: { containers: [{ name: api, envFrom: [{ secretRef: { name: s } }] }] } } }\n");

        ProvidedKey key = _folder.Read(sources: Source("k8s", "k", "api")).Effective().Find("Password")!.Value;
        Assert.Equal((null, false, true, true, 4), (key.Value, key.ValueIsKnown, key.FromSecretStore, key.LiteralInFile, key.Location.Line));
    }

    [Fact]
    public void Helm_gives_names_not_values()
    {
        _folder.Write("chart/Chart.yaml", "name: shop\n");
        _folder.Write("chart/values.yaml", "url: http://x\n");
        _folder.Write("chart/templates/deployment.yaml", """
            {{- if .Values.enabled }}
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: {{ include "shop.fullname" . }}
              labels:
                {{- include "shop.labels" . | nindent 4 }}
            spec:
              template:
                spec:
                  containers:
                    - name: {{ .Chart.Name }}
                      image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
                      env:
                        - name: Orders__Url
                          value: {{ .Values.url | quote }}
                        - name: Fixed
                          value: "yes"
                        {{- if .Values.more }}
                        - name: More
                          value: "{{ .Values.more }}"
                        {{- end }}
                      resources:
                        {{- toYaml .Values.resources | nindent 12 }}
            {{- end }}
            """);

        ProviderSet set = _folder.Read(sources: Source("helm", "chart/values.yaml", "Deployment/shop"));

        set.AssertNoFaults();
        Assert.False(set.Effective().Find("Orders:Url")!.Value.ValueIsKnown);
        Assert.Equal(("deployment.yaml", 15, 21), set.PlaceOf("Orders:Url"));
        Assert.Equal("yes", set.ValueOf("Fixed"));
        Assert.True(set.Effective().Exists("More"));
        Assert.Empty(set.Effective().Opaque);
        Assert.Equal("Helm template deployment.yaml", set.Effective().Find("Fixed")!.Winner.Name);
    }

    [Fact]
    public void Helm_names_that_only_Helm_knows_are_no_hosts()
    {
        _folder.Write("chart/Chart.yaml", "name: shop\n");
        _folder.Write("chart/templates/d.yaml", "kind: Deployment\nmetadata: { name: api }\nspec:\n  template:\n    spec:\n      containers: [{ name: api, env: [] }]\n");
        _folder.Write("chart/templates/s.yaml", "kind: Service\nmetadata:\n  name: {{ .Release.Name }}-{{ .Chart.Name }}\nspec:\n  ports: [{ port: 80 }]\n---\nkind: Service\nmetadata: { name: fixed }\nspec: { ports: [{ port: 81 }] }\n");

        NetworkFacts network = _folder.Read(sources: Source("helm", "chart", "api")).Network;
        Assert.Equal("fixed", Assert.Single(network.Hosts).Name);
        Assert.False(network.HostsAreComplete);
    }

    [Fact]
    public void Helm_variables_from_a_loop_make_it_opaque()
    {
        _folder.Write("chart/Chart.yaml", "name: shop\n");
        _folder.Write("chart/templates/d.yaml", "kind: Deployment\nmetadata: { name: api }\nspec:\n  template:\n    spec:\n      containers:\n        - name: api\n          env:\n            - name: A\n              value: b\n            {{- toYaml .Values.env | nindent 12 }}\n");

        ProviderSet set = _folder.Read(sources: Source("helm", "chart", "api"));
        Assert.Equal("b", set.ValueOf("A"));
        Assert.NotEmpty(set.Effective().Opaque);
    }
}
