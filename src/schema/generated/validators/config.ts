// Generated from schemas/ by scripts/generate-validators.ts. Do not edit.
// @ts-nocheck: it is the code of ajv, which has no types.
import type { SchemaCheck } from '../../checks.js';
import ucs2length from 'ajv/dist/runtime/ucs2length.js';
export const validate: SchemaCheck = validate0;
const schema0 = {"$schema":"http://json-schema.org/draft-07/schema#","$id":"urn:documee:schema:config:1","type":"object","additionalProperties":false,"properties":{"$schema":{"type":"string"},"codebase":{"type":"string","minLength":1,"maxLength":128},"basePath":{"type":"string","minLength":1},"analyzers":{"type":"array","minItems":1,"items":{"anyOf":[{"$ref":"#/definitions/analyzerSpec"},{"$ref":"#/definitions/analyzerWithOptions"}]}},"include":{"$ref":"#/definitions/globs"},"exclude":{"$ref":"#/definitions/globs"},"gitignore":{"type":"boolean"},"changeDetection":{"enum":["stat","content"]},"contentHash":{"enum":["xxh64","sha256"]},"durability":{"enum":["ordered","full"]},"concurrency":{"type":"integer","minimum":1,"maximum":1024},"limits":{"type":"object","additionalProperties":false,"properties":{"versions":{"type":"integer","minimum":1},"maxAgeDays":{"type":"number","exclusiveMinimum":0},"maxSizeBytes":{"type":"integer","minimum":0}}},"store":{"type":"string","minLength":1,"maxLength":4096},"stores":{"type":"object","additionalProperties":false,"properties":{"memory":{"$ref":"#/definitions/memoryStore"},"file":{"$ref":"#/definitions/fileStore"},"sqlite":{"$ref":"#/definitions/sqliteStore"},"redis":{"$ref":"#/definitions/redisStore"},"postgres":{"$ref":"#/definitions/postgresStore"},"object":{"$ref":"#/definitions/objectStore"},"tiered":{"$ref":"#/definitions/tieredStore"}},"patternProperties":{"^(?!(?:memory|file|sqlite|redis|postgres|object|tiered)$)[A-Za-z][A-Za-z0-9_-]{0,63}$":{"$ref":"#/definitions/namedStore"}}},"remote":{"anyOf":[{"type":"string","minLength":1,"maxLength":4096},{"$ref":"#/definitions/remoteMapping"}]}},"definitions":{"jsonObject":{"type":"object"},"globs":{"type":"array","items":{"type":"string","minLength":1,"maxLength":512}},"analyzerSpec":{"type":"string","minLength":1,"maxLength":4096},"analyzerWithOptions":{"type":"object","additionalProperties":false,"required":["use"],"properties":{"use":{"$ref":"#/definitions/analyzerSpec"},"options":{"$ref":"#/definitions/jsonObject"}}},"memoryStore":{"type":"object","additionalProperties":false,"properties":{"type":{"const":"memory"},"maxBytes":{"type":"integer","minimum":1},"maxEntries":{"type":"integer","minimum":1},"ttlDefault":{"$ref":"#/definitions/ttlSeconds"}}},"fileStore":{"type":"object","additionalProperties":false,"properties":{"type":{"const":"file"},"basePath":{"$ref":"#/definitions/storeText"},"format":{"$ref":"#/definitions/codec"},"ttlDefault":{"$ref":"#/definitions/ttlSeconds"}}},"sqliteStore":{"type":"object","additionalProperties":false,"properties":{"type":{"const":"sqlite"},"path":{"$ref":"#/definitions/storeText"},"ttlDefault":{"$ref":"#/definitions/ttlSeconds"},"timeoutMs":{"$ref":"#/definitions/callLimit"},"codec":{"$ref":"#/definitions/codec"},"compression":{"$ref":"#/definitions/compression"}}},"redisStore":{"type":"object","additionalProperties":false,"required":["url"],"properties":{"type":{"const":"redis"},"url":{"$ref":"#/definitions/storeText"},"ttlDefault":{"$ref":"#/definitions/ttlSeconds"},"timeoutMs":{"$ref":"#/definitions/callLimit"},"prefix":{"type":"string","minLength":1,"maxLength":256},"codec":{"$ref":"#/definitions/codec"},"compression":{"$ref":"#/definitions/compression"}}},"postgresStore":{"type":"object","additionalProperties":false,"required":["url"],"properties":{"type":{"const":"postgres"},"url":{"$ref":"#/definitions/storeText"},"table":{"type":"string","minLength":1,"maxLength":63},"ttlDefault":{"$ref":"#/definitions/ttlSeconds"},"timeoutMs":{"$ref":"#/definitions/callLimit"},"codec":{"$ref":"#/definitions/codec"},"compression":{"$ref":"#/definitions/compression"},"maxConnections":{"type":"integer","minimum":1,"maximum":1000}}},"objectStore":{"type":"object","additionalProperties":false,"properties":{"type":{"const":"object"},"url":{"$ref":"#/definitions/storeText"},"provider":{"enum":["s3","azure","google"]},"bucket":{"type":"string","minLength":1,"maxLength":255},"container":{"type":"string","minLength":1,"maxLength":63},"prefix":{"type":"string","minLength":1,"maxLength":512},"endpoint":{"$ref":"#/definitions/storeText"},"region":{"type":"string","minLength":1,"maxLength":64},"pathStyle":{"type":"boolean"},"accessKeyId":{"$ref":"#/definitions/storeText"},"secretAccessKey":{"$ref":"#/definitions/storeText"},"sessionToken":{"$ref":"#/definitions/storeText"},"connectionString":{"$ref":"#/definitions/storeText"},"account":{"$ref":"#/definitions/storeText"},"accountKey":{"$ref":"#/definitions/storeText"},"sasToken":{"$ref":"#/definitions/storeText"},"projectId":{"type":"string","minLength":1,"maxLength":255},"keyFile":{"$ref":"#/definitions/storeText"},"ttlDefault":{"$ref":"#/definitions/ttlSeconds"},"timeoutMs":{"$ref":"#/definitions/callLimit"},"codec":{"$ref":"#/definitions/codec"},"compression":{"$ref":"#/definitions/compression"}}},"tieredStore":{"type":"object","additionalProperties":false,"required":["tiers"],"properties":{"type":{"const":"tiered"},"tiers":{"type":"array","minItems":1,"maxItems":16,"items":{"anyOf":[{"$ref":"#/definitions/storeName"},{"$ref":"#/definitions/tier"}]}},"write":{"enum":["through","back"]},"budgetMs":{"$ref":"#/definitions/callLimit"},"ttlDefault":{"$ref":"#/definitions/ttlSeconds"}}},"tier":{"type":"object","additionalProperties":false,"required":["store"],"properties":{"store":{"$ref":"#/definitions/storeName"},"mode":{"$ref":"#/definitions/storeMode"},"timeoutMs":{"$ref":"#/definitions/callLimit"}}},"storeName":{"type":"string","minLength":1,"maxLength":4096},"namedStore":{"type":"object","required":["type"],"properties":{"type":{"enum":["memory","file","sqlite","redis","postgres","object","tiered"]}},"allOf":[{"if":{"type":"object","properties":{"type":{"const":"memory"}},"required":["type"]},"then":{"$ref":"#/definitions/memoryStore"}},{"if":{"type":"object","properties":{"type":{"const":"file"}},"required":["type"]},"then":{"$ref":"#/definitions/fileStore"}},{"if":{"type":"object","properties":{"type":{"const":"sqlite"}},"required":["type"]},"then":{"$ref":"#/definitions/sqliteStore"}},{"if":{"type":"object","properties":{"type":{"const":"redis"}},"required":["type"]},"then":{"$ref":"#/definitions/redisStore"}},{"if":{"type":"object","properties":{"type":{"const":"postgres"}},"required":["type"]},"then":{"$ref":"#/definitions/postgresStore"}},{"if":{"type":"object","properties":{"type":{"const":"object"}},"required":["type"]},"then":{"$ref":"#/definitions/objectStore"}},{"if":{"type":"object","properties":{"type":{"const":"tiered"}},"required":["type"]},"then":{"$ref":"#/definitions/tieredStore"}}]},"remoteMapping":{"type":"object","additionalProperties":false,"properties":{"url":{"$ref":"#/definitions/storeText"},"store":{"type":"string","minLength":1,"maxLength":64},"mode":{"$ref":"#/definitions/storeMode"},"scope":{"$ref":"#/definitions/scope"},"readScopes":{"type":"array","maxItems":32,"items":{"$ref":"#/definitions/scope"}},"signing":{"type":"object","additionalProperties":false,"properties":{"privateKey":{"type":"string","minLength":1,"maxLength":16384},"privateKeyFile":{"$ref":"#/definitions/storeText"},"publicKeys":{"type":"array","minItems":1,"maxItems":64,"items":{"type":"string","minLength":1,"maxLength":4096}}}},"budgetMs":{"$ref":"#/definitions/budget"},"leases":{"type":"boolean"}}},"storeText":{"type":"string","minLength":1,"maxLength":4096},"ttlSeconds":{"type":"number","exclusiveMinimum":0},"callLimit":{"type":"integer","minimum":1,"maximum":600000},"budget":{"type":"integer","minimum":0,"maximum":600000},"codec":{"enum":["json","msgpack"]},"compression":{"enum":["none","gzip","zstd"]},"storeMode":{"enum":["read","write","read-write"]},"scope":{"type":"string","pattern":"^[A-Za-z0-9._-]{1,64}$"}}};
const func0 = Object.prototype.hasOwnProperty;
const func1 = ucs2length.default;

function validate1(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((data.use === undefined) && (missing0 = "use")){
validate1.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0},message:"must have required property '"+missing0+"'"}];
return false;
}
else {
const _errs1 = errors;
for(const key0 in data){
if(!((key0 === "use") || (key0 === "options"))){
validate1.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.use !== undefined){
let data0 = data.use;
const _errs2 = errors;
const _errs3 = errors;
if(errors === _errs3){
if(typeof data0 === "string"){
if(func1(data0) > 4096){
validate1.errors = [{instancePath:instancePath+"/use",schemaPath:"#/definitions/analyzerSpec/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters"}];
return false;
}
else {
if(func1(data0) < 1){
validate1.errors = [{instancePath:instancePath+"/use",schemaPath:"#/definitions/analyzerSpec/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
}
else {
validate1.errors = [{instancePath:instancePath+"/use",schemaPath:"#/definitions/analyzerSpec/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.options !== undefined){
let data1 = data.options;
const _errs5 = errors;
if(!(data1 && typeof data1 == "object" && !Array.isArray(data1))){
validate1.errors = [{instancePath:instancePath+"/options",schemaPath:"#/definitions/jsonObject/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
var valid0 = _errs5 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
else {
validate1.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
validate1.errors = vErrors;
return errors === 0;
}


function validate3(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
const _errs1 = errors;
for(const key0 in data){
if(!((((key0 === "type") || (key0 === "maxBytes")) || (key0 === "maxEntries")) || (key0 === "ttlDefault"))){
validate3.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.type !== undefined){
const _errs2 = errors;
if("memory" !== data.type){
validate3.errors = [{instancePath:instancePath+"/type",schemaPath:"#/properties/type/const",keyword:"const",params:{allowedValue: "memory"},message:"must be equal to constant"}];
return false;
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.maxBytes !== undefined){
let data1 = data.maxBytes;
const _errs3 = errors;
if(!(((typeof data1 == "number") && (!(data1 % 1) && !isNaN(data1))) && (isFinite(data1)))){
validate3.errors = [{instancePath:instancePath+"/maxBytes",schemaPath:"#/properties/maxBytes/type",keyword:"type",params:{type: "integer"},message:"must be integer"}];
return false;
}
if(errors === _errs3){
if((typeof data1 == "number") && (isFinite(data1))){
if(data1 < 1 || isNaN(data1)){
validate3.errors = [{instancePath:instancePath+"/maxBytes",schemaPath:"#/properties/maxBytes/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"}];
return false;
}
}
}
var valid0 = _errs3 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.maxEntries !== undefined){
let data2 = data.maxEntries;
const _errs5 = errors;
if(!(((typeof data2 == "number") && (!(data2 % 1) && !isNaN(data2))) && (isFinite(data2)))){
validate3.errors = [{instancePath:instancePath+"/maxEntries",schemaPath:"#/properties/maxEntries/type",keyword:"type",params:{type: "integer"},message:"must be integer"}];
return false;
}
if(errors === _errs5){
if((typeof data2 == "number") && (isFinite(data2))){
if(data2 < 1 || isNaN(data2)){
validate3.errors = [{instancePath:instancePath+"/maxEntries",schemaPath:"#/properties/maxEntries/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"}];
return false;
}
}
}
var valid0 = _errs5 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.ttlDefault !== undefined){
let data3 = data.ttlDefault;
const _errs7 = errors;
const _errs8 = errors;
if(errors === _errs8){
if((typeof data3 == "number") && (isFinite(data3))){
if(data3 <= 0 || isNaN(data3)){
validate3.errors = [{instancePath:instancePath+"/ttlDefault",schemaPath:"#/definitions/ttlSeconds/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0},message:"must be > 0"}];
return false;
}
}
else {
validate3.errors = [{instancePath:instancePath+"/ttlDefault",schemaPath:"#/definitions/ttlSeconds/type",keyword:"type",params:{type: "number"},message:"must be number"}];
return false;
}
}
var valid0 = _errs7 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
}
else {
validate3.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
validate3.errors = vErrors;
return errors === 0;
}

const schema11 = {"enum":["json","msgpack"]};

function validate5(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
const _errs1 = errors;
for(const key0 in data){
if(!((((key0 === "type") || (key0 === "basePath")) || (key0 === "format")) || (key0 === "ttlDefault"))){
validate5.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.type !== undefined){
const _errs2 = errors;
if("file" !== data.type){
validate5.errors = [{instancePath:instancePath+"/type",schemaPath:"#/properties/type/const",keyword:"const",params:{allowedValue: "file"},message:"must be equal to constant"}];
return false;
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.basePath !== undefined){
let data1 = data.basePath;
const _errs3 = errors;
const _errs4 = errors;
if(errors === _errs4){
if(typeof data1 === "string"){
if(func1(data1) > 4096){
validate5.errors = [{instancePath:instancePath+"/basePath",schemaPath:"#/definitions/storeText/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters"}];
return false;
}
else {
if(func1(data1) < 1){
validate5.errors = [{instancePath:instancePath+"/basePath",schemaPath:"#/definitions/storeText/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
}
else {
validate5.errors = [{instancePath:instancePath+"/basePath",schemaPath:"#/definitions/storeText/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs3 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.format !== undefined){
let data2 = data.format;
const _errs6 = errors;
if(!((data2 === "json") || (data2 === "msgpack"))){
validate5.errors = [{instancePath:instancePath+"/format",schemaPath:"#/definitions/codec/enum",keyword:"enum",params:{allowedValues: schema11.enum},message:"must be equal to one of the allowed values"}];
return false;
}
var valid0 = _errs6 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.ttlDefault !== undefined){
let data3 = data.ttlDefault;
const _errs8 = errors;
const _errs9 = errors;
if(errors === _errs9){
if((typeof data3 == "number") && (isFinite(data3))){
if(data3 <= 0 || isNaN(data3)){
validate5.errors = [{instancePath:instancePath+"/ttlDefault",schemaPath:"#/definitions/ttlSeconds/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0},message:"must be > 0"}];
return false;
}
}
else {
validate5.errors = [{instancePath:instancePath+"/ttlDefault",schemaPath:"#/definitions/ttlSeconds/type",keyword:"type",params:{type: "number"},message:"must be number"}];
return false;
}
}
var valid0 = _errs8 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
}
else {
validate5.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
validate5.errors = vErrors;
return errors === 0;
}

const schema18 = {"enum":["none","gzip","zstd"]};

function validate7(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
const _errs1 = errors;
for(const key0 in data){
if(!((((((key0 === "type") || (key0 === "path")) || (key0 === "ttlDefault")) || (key0 === "timeoutMs")) || (key0 === "codec")) || (key0 === "compression"))){
validate7.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.type !== undefined){
const _errs2 = errors;
if("sqlite" !== data.type){
validate7.errors = [{instancePath:instancePath+"/type",schemaPath:"#/properties/type/const",keyword:"const",params:{allowedValue: "sqlite"},message:"must be equal to constant"}];
return false;
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.path !== undefined){
let data1 = data.path;
const _errs3 = errors;
const _errs4 = errors;
if(errors === _errs4){
if(typeof data1 === "string"){
if(func1(data1) > 4096){
validate7.errors = [{instancePath:instancePath+"/path",schemaPath:"#/definitions/storeText/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters"}];
return false;
}
else {
if(func1(data1) < 1){
validate7.errors = [{instancePath:instancePath+"/path",schemaPath:"#/definitions/storeText/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
}
else {
validate7.errors = [{instancePath:instancePath+"/path",schemaPath:"#/definitions/storeText/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs3 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.ttlDefault !== undefined){
let data2 = data.ttlDefault;
const _errs6 = errors;
const _errs7 = errors;
if(errors === _errs7){
if((typeof data2 == "number") && (isFinite(data2))){
if(data2 <= 0 || isNaN(data2)){
validate7.errors = [{instancePath:instancePath+"/ttlDefault",schemaPath:"#/definitions/ttlSeconds/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0},message:"must be > 0"}];
return false;
}
}
else {
validate7.errors = [{instancePath:instancePath+"/ttlDefault",schemaPath:"#/definitions/ttlSeconds/type",keyword:"type",params:{type: "number"},message:"must be number"}];
return false;
}
}
var valid0 = _errs6 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.timeoutMs !== undefined){
let data3 = data.timeoutMs;
const _errs9 = errors;
const _errs10 = errors;
if(!(((typeof data3 == "number") && (!(data3 % 1) && !isNaN(data3))) && (isFinite(data3)))){
validate7.errors = [{instancePath:instancePath+"/timeoutMs",schemaPath:"#/definitions/callLimit/type",keyword:"type",params:{type: "integer"},message:"must be integer"}];
return false;
}
if(errors === _errs10){
if((typeof data3 == "number") && (isFinite(data3))){
if(data3 > 600000 || isNaN(data3)){
validate7.errors = [{instancePath:instancePath+"/timeoutMs",schemaPath:"#/definitions/callLimit/maximum",keyword:"maximum",params:{comparison: "<=", limit: 600000},message:"must be <= 600000"}];
return false;
}
else {
if(data3 < 1 || isNaN(data3)){
validate7.errors = [{instancePath:instancePath+"/timeoutMs",schemaPath:"#/definitions/callLimit/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"}];
return false;
}
}
}
}
var valid0 = _errs9 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.codec !== undefined){
let data4 = data.codec;
const _errs12 = errors;
if(!((data4 === "json") || (data4 === "msgpack"))){
validate7.errors = [{instancePath:instancePath+"/codec",schemaPath:"#/definitions/codec/enum",keyword:"enum",params:{allowedValues: schema11.enum},message:"must be equal to one of the allowed values"}];
return false;
}
var valid0 = _errs12 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.compression !== undefined){
let data5 = data.compression;
const _errs14 = errors;
if(!(((data5 === "none") || (data5 === "gzip")) || (data5 === "zstd"))){
validate7.errors = [{instancePath:instancePath+"/compression",schemaPath:"#/definitions/compression/enum",keyword:"enum",params:{allowedValues: schema18.enum},message:"must be equal to one of the allowed values"}];
return false;
}
var valid0 = _errs14 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
}
else {
validate7.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
validate7.errors = vErrors;
return errors === 0;
}


function validate9(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((data.url === undefined) && (missing0 = "url")){
validate9.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0},message:"must have required property '"+missing0+"'"}];
return false;
}
else {
const _errs1 = errors;
for(const key0 in data){
if(!(((((((key0 === "type") || (key0 === "url")) || (key0 === "ttlDefault")) || (key0 === "timeoutMs")) || (key0 === "prefix")) || (key0 === "codec")) || (key0 === "compression"))){
validate9.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.type !== undefined){
const _errs2 = errors;
if("redis" !== data.type){
validate9.errors = [{instancePath:instancePath+"/type",schemaPath:"#/properties/type/const",keyword:"const",params:{allowedValue: "redis"},message:"must be equal to constant"}];
return false;
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.url !== undefined){
let data1 = data.url;
const _errs3 = errors;
const _errs4 = errors;
if(errors === _errs4){
if(typeof data1 === "string"){
if(func1(data1) > 4096){
validate9.errors = [{instancePath:instancePath+"/url",schemaPath:"#/definitions/storeText/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters"}];
return false;
}
else {
if(func1(data1) < 1){
validate9.errors = [{instancePath:instancePath+"/url",schemaPath:"#/definitions/storeText/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
}
else {
validate9.errors = [{instancePath:instancePath+"/url",schemaPath:"#/definitions/storeText/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs3 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.ttlDefault !== undefined){
let data2 = data.ttlDefault;
const _errs6 = errors;
const _errs7 = errors;
if(errors === _errs7){
if((typeof data2 == "number") && (isFinite(data2))){
if(data2 <= 0 || isNaN(data2)){
validate9.errors = [{instancePath:instancePath+"/ttlDefault",schemaPath:"#/definitions/ttlSeconds/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0},message:"must be > 0"}];
return false;
}
}
else {
validate9.errors = [{instancePath:instancePath+"/ttlDefault",schemaPath:"#/definitions/ttlSeconds/type",keyword:"type",params:{type: "number"},message:"must be number"}];
return false;
}
}
var valid0 = _errs6 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.timeoutMs !== undefined){
let data3 = data.timeoutMs;
const _errs9 = errors;
const _errs10 = errors;
if(!(((typeof data3 == "number") && (!(data3 % 1) && !isNaN(data3))) && (isFinite(data3)))){
validate9.errors = [{instancePath:instancePath+"/timeoutMs",schemaPath:"#/definitions/callLimit/type",keyword:"type",params:{type: "integer"},message:"must be integer"}];
return false;
}
if(errors === _errs10){
if((typeof data3 == "number") && (isFinite(data3))){
if(data3 > 600000 || isNaN(data3)){
validate9.errors = [{instancePath:instancePath+"/timeoutMs",schemaPath:"#/definitions/callLimit/maximum",keyword:"maximum",params:{comparison: "<=", limit: 600000},message:"must be <= 600000"}];
return false;
}
else {
if(data3 < 1 || isNaN(data3)){
validate9.errors = [{instancePath:instancePath+"/timeoutMs",schemaPath:"#/definitions/callLimit/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"}];
return false;
}
}
}
}
var valid0 = _errs9 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.prefix !== undefined){
let data4 = data.prefix;
const _errs12 = errors;
if(errors === _errs12){
if(typeof data4 === "string"){
if(func1(data4) > 256){
validate9.errors = [{instancePath:instancePath+"/prefix",schemaPath:"#/properties/prefix/maxLength",keyword:"maxLength",params:{limit: 256},message:"must NOT have more than 256 characters"}];
return false;
}
else {
if(func1(data4) < 1){
validate9.errors = [{instancePath:instancePath+"/prefix",schemaPath:"#/properties/prefix/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
}
else {
validate9.errors = [{instancePath:instancePath+"/prefix",schemaPath:"#/properties/prefix/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs12 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.codec !== undefined){
let data5 = data.codec;
const _errs14 = errors;
if(!((data5 === "json") || (data5 === "msgpack"))){
validate9.errors = [{instancePath:instancePath+"/codec",schemaPath:"#/definitions/codec/enum",keyword:"enum",params:{allowedValues: schema11.enum},message:"must be equal to one of the allowed values"}];
return false;
}
var valid0 = _errs14 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.compression !== undefined){
let data6 = data.compression;
const _errs16 = errors;
if(!(((data6 === "none") || (data6 === "gzip")) || (data6 === "zstd"))){
validate9.errors = [{instancePath:instancePath+"/compression",schemaPath:"#/definitions/compression/enum",keyword:"enum",params:{allowedValues: schema18.enum},message:"must be equal to one of the allowed values"}];
return false;
}
var valid0 = _errs16 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
}
}
}
else {
validate9.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
validate9.errors = vErrors;
return errors === 0;
}


function validate11(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((data.url === undefined) && (missing0 = "url")){
validate11.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0},message:"must have required property '"+missing0+"'"}];
return false;
}
else {
const _errs1 = errors;
for(const key0 in data){
if(!((((((((key0 === "type") || (key0 === "url")) || (key0 === "table")) || (key0 === "ttlDefault")) || (key0 === "timeoutMs")) || (key0 === "codec")) || (key0 === "compression")) || (key0 === "maxConnections"))){
validate11.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.type !== undefined){
const _errs2 = errors;
if("postgres" !== data.type){
validate11.errors = [{instancePath:instancePath+"/type",schemaPath:"#/properties/type/const",keyword:"const",params:{allowedValue: "postgres"},message:"must be equal to constant"}];
return false;
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.url !== undefined){
let data1 = data.url;
const _errs3 = errors;
const _errs4 = errors;
if(errors === _errs4){
if(typeof data1 === "string"){
if(func1(data1) > 4096){
validate11.errors = [{instancePath:instancePath+"/url",schemaPath:"#/definitions/storeText/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters"}];
return false;
}
else {
if(func1(data1) < 1){
validate11.errors = [{instancePath:instancePath+"/url",schemaPath:"#/definitions/storeText/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
}
else {
validate11.errors = [{instancePath:instancePath+"/url",schemaPath:"#/definitions/storeText/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs3 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.table !== undefined){
let data2 = data.table;
const _errs6 = errors;
if(errors === _errs6){
if(typeof data2 === "string"){
if(func1(data2) > 63){
validate11.errors = [{instancePath:instancePath+"/table",schemaPath:"#/properties/table/maxLength",keyword:"maxLength",params:{limit: 63},message:"must NOT have more than 63 characters"}];
return false;
}
else {
if(func1(data2) < 1){
validate11.errors = [{instancePath:instancePath+"/table",schemaPath:"#/properties/table/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
}
else {
validate11.errors = [{instancePath:instancePath+"/table",schemaPath:"#/properties/table/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs6 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.ttlDefault !== undefined){
let data3 = data.ttlDefault;
const _errs8 = errors;
const _errs9 = errors;
if(errors === _errs9){
if((typeof data3 == "number") && (isFinite(data3))){
if(data3 <= 0 || isNaN(data3)){
validate11.errors = [{instancePath:instancePath+"/ttlDefault",schemaPath:"#/definitions/ttlSeconds/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0},message:"must be > 0"}];
return false;
}
}
else {
validate11.errors = [{instancePath:instancePath+"/ttlDefault",schemaPath:"#/definitions/ttlSeconds/type",keyword:"type",params:{type: "number"},message:"must be number"}];
return false;
}
}
var valid0 = _errs8 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.timeoutMs !== undefined){
let data4 = data.timeoutMs;
const _errs11 = errors;
const _errs12 = errors;
if(!(((typeof data4 == "number") && (!(data4 % 1) && !isNaN(data4))) && (isFinite(data4)))){
validate11.errors = [{instancePath:instancePath+"/timeoutMs",schemaPath:"#/definitions/callLimit/type",keyword:"type",params:{type: "integer"},message:"must be integer"}];
return false;
}
if(errors === _errs12){
if((typeof data4 == "number") && (isFinite(data4))){
if(data4 > 600000 || isNaN(data4)){
validate11.errors = [{instancePath:instancePath+"/timeoutMs",schemaPath:"#/definitions/callLimit/maximum",keyword:"maximum",params:{comparison: "<=", limit: 600000},message:"must be <= 600000"}];
return false;
}
else {
if(data4 < 1 || isNaN(data4)){
validate11.errors = [{instancePath:instancePath+"/timeoutMs",schemaPath:"#/definitions/callLimit/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"}];
return false;
}
}
}
}
var valid0 = _errs11 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.codec !== undefined){
let data5 = data.codec;
const _errs14 = errors;
if(!((data5 === "json") || (data5 === "msgpack"))){
validate11.errors = [{instancePath:instancePath+"/codec",schemaPath:"#/definitions/codec/enum",keyword:"enum",params:{allowedValues: schema11.enum},message:"must be equal to one of the allowed values"}];
return false;
}
var valid0 = _errs14 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.compression !== undefined){
let data6 = data.compression;
const _errs16 = errors;
if(!(((data6 === "none") || (data6 === "gzip")) || (data6 === "zstd"))){
validate11.errors = [{instancePath:instancePath+"/compression",schemaPath:"#/definitions/compression/enum",keyword:"enum",params:{allowedValues: schema18.enum},message:"must be equal to one of the allowed values"}];
return false;
}
var valid0 = _errs16 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.maxConnections !== undefined){
let data7 = data.maxConnections;
const _errs18 = errors;
if(!(((typeof data7 == "number") && (!(data7 % 1) && !isNaN(data7))) && (isFinite(data7)))){
validate11.errors = [{instancePath:instancePath+"/maxConnections",schemaPath:"#/properties/maxConnections/type",keyword:"type",params:{type: "integer"},message:"must be integer"}];
return false;
}
if(errors === _errs18){
if((typeof data7 == "number") && (isFinite(data7))){
if(data7 > 1000 || isNaN(data7)){
validate11.errors = [{instancePath:instancePath+"/maxConnections",schemaPath:"#/properties/maxConnections/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000},message:"must be <= 1000"}];
return false;
}
else {
if(data7 < 1 || isNaN(data7)){
validate11.errors = [{instancePath:instancePath+"/maxConnections",schemaPath:"#/properties/maxConnections/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"}];
return false;
}
}
}
}
var valid0 = _errs18 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
}
}
}
}
else {
validate11.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
validate11.errors = vErrors;
return errors === 0;
}

const schema31 = {"type":"object","additionalProperties":false,"properties":{"type":{"const":"object"},"url":{"$ref":"#/definitions/storeText"},"provider":{"enum":["s3","azure","google"]},"bucket":{"type":"string","minLength":1,"maxLength":255},"container":{"type":"string","minLength":1,"maxLength":63},"prefix":{"type":"string","minLength":1,"maxLength":512},"endpoint":{"$ref":"#/definitions/storeText"},"region":{"type":"string","minLength":1,"maxLength":64},"pathStyle":{"type":"boolean"},"accessKeyId":{"$ref":"#/definitions/storeText"},"secretAccessKey":{"$ref":"#/definitions/storeText"},"sessionToken":{"$ref":"#/definitions/storeText"},"connectionString":{"$ref":"#/definitions/storeText"},"account":{"$ref":"#/definitions/storeText"},"accountKey":{"$ref":"#/definitions/storeText"},"sasToken":{"$ref":"#/definitions/storeText"},"projectId":{"type":"string","minLength":1,"maxLength":255},"keyFile":{"$ref":"#/definitions/storeText"},"ttlDefault":{"$ref":"#/definitions/ttlSeconds"},"timeoutMs":{"$ref":"#/definitions/callLimit"},"codec":{"$ref":"#/definitions/codec"},"compression":{"$ref":"#/definitions/compression"}}};

function validate13(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
const _errs1 = errors;
for(const key0 in data){
if(!(func0.call(schema31.properties, key0))){
validate13.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.type !== undefined){
const _errs2 = errors;
if("object" !== data.type){
validate13.errors = [{instancePath:instancePath+"/type",schemaPath:"#/properties/type/const",keyword:"const",params:{allowedValue: "object"},message:"must be equal to constant"}];
return false;
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.url !== undefined){
let data1 = data.url;
const _errs3 = errors;
const _errs4 = errors;
if(errors === _errs4){
if(typeof data1 === "string"){
if(func1(data1) > 4096){
validate13.errors = [{instancePath:instancePath+"/url",schemaPath:"#/definitions/storeText/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters"}];
return false;
}
else {
if(func1(data1) < 1){
validate13.errors = [{instancePath:instancePath+"/url",schemaPath:"#/definitions/storeText/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
}
else {
validate13.errors = [{instancePath:instancePath+"/url",schemaPath:"#/definitions/storeText/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs3 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.provider !== undefined){
let data2 = data.provider;
const _errs6 = errors;
if(!(((data2 === "s3") || (data2 === "azure")) || (data2 === "google"))){
validate13.errors = [{instancePath:instancePath+"/provider",schemaPath:"#/properties/provider/enum",keyword:"enum",params:{allowedValues: schema31.properties.provider.enum},message:"must be equal to one of the allowed values"}];
return false;
}
var valid0 = _errs6 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.bucket !== undefined){
let data3 = data.bucket;
const _errs7 = errors;
if(errors === _errs7){
if(typeof data3 === "string"){
if(func1(data3) > 255){
validate13.errors = [{instancePath:instancePath+"/bucket",schemaPath:"#/properties/bucket/maxLength",keyword:"maxLength",params:{limit: 255},message:"must NOT have more than 255 characters"}];
return false;
}
else {
if(func1(data3) < 1){
validate13.errors = [{instancePath:instancePath+"/bucket",schemaPath:"#/properties/bucket/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
}
else {
validate13.errors = [{instancePath:instancePath+"/bucket",schemaPath:"#/properties/bucket/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs7 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.container !== undefined){
let data4 = data.container;
const _errs9 = errors;
if(errors === _errs9){
if(typeof data4 === "string"){
if(func1(data4) > 63){
validate13.errors = [{instancePath:instancePath+"/container",schemaPath:"#/properties/container/maxLength",keyword:"maxLength",params:{limit: 63},message:"must NOT have more than 63 characters"}];
return false;
}
else {
if(func1(data4) < 1){
validate13.errors = [{instancePath:instancePath+"/container",schemaPath:"#/properties/container/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
}
else {
validate13.errors = [{instancePath:instancePath+"/container",schemaPath:"#/properties/container/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs9 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.prefix !== undefined){
let data5 = data.prefix;
const _errs11 = errors;
if(errors === _errs11){
if(typeof data5 === "string"){
if(func1(data5) > 512){
validate13.errors = [{instancePath:instancePath+"/prefix",schemaPath:"#/properties/prefix/maxLength",keyword:"maxLength",params:{limit: 512},message:"must NOT have more than 512 characters"}];
return false;
}
else {
if(func1(data5) < 1){
validate13.errors = [{instancePath:instancePath+"/prefix",schemaPath:"#/properties/prefix/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
}
else {
validate13.errors = [{instancePath:instancePath+"/prefix",schemaPath:"#/properties/prefix/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs11 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.endpoint !== undefined){
let data6 = data.endpoint;
const _errs13 = errors;
const _errs14 = errors;
if(errors === _errs14){
if(typeof data6 === "string"){
if(func1(data6) > 4096){
validate13.errors = [{instancePath:instancePath+"/endpoint",schemaPath:"#/definitions/storeText/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters"}];
return false;
}
else {
if(func1(data6) < 1){
validate13.errors = [{instancePath:instancePath+"/endpoint",schemaPath:"#/definitions/storeText/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
}
else {
validate13.errors = [{instancePath:instancePath+"/endpoint",schemaPath:"#/definitions/storeText/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs13 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.region !== undefined){
let data7 = data.region;
const _errs16 = errors;
if(errors === _errs16){
if(typeof data7 === "string"){
if(func1(data7) > 64){
validate13.errors = [{instancePath:instancePath+"/region",schemaPath:"#/properties/region/maxLength",keyword:"maxLength",params:{limit: 64},message:"must NOT have more than 64 characters"}];
return false;
}
else {
if(func1(data7) < 1){
validate13.errors = [{instancePath:instancePath+"/region",schemaPath:"#/properties/region/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
}
else {
validate13.errors = [{instancePath:instancePath+"/region",schemaPath:"#/properties/region/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs16 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.pathStyle !== undefined){
const _errs18 = errors;
if(typeof data.pathStyle !== "boolean"){
validate13.errors = [{instancePath:instancePath+"/pathStyle",schemaPath:"#/properties/pathStyle/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"}];
return false;
}
var valid0 = _errs18 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.accessKeyId !== undefined){
let data9 = data.accessKeyId;
const _errs20 = errors;
const _errs21 = errors;
if(errors === _errs21){
if(typeof data9 === "string"){
if(func1(data9) > 4096){
validate13.errors = [{instancePath:instancePath+"/accessKeyId",schemaPath:"#/definitions/storeText/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters"}];
return false;
}
else {
if(func1(data9) < 1){
validate13.errors = [{instancePath:instancePath+"/accessKeyId",schemaPath:"#/definitions/storeText/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
}
else {
validate13.errors = [{instancePath:instancePath+"/accessKeyId",schemaPath:"#/definitions/storeText/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs20 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.secretAccessKey !== undefined){
let data10 = data.secretAccessKey;
const _errs23 = errors;
const _errs24 = errors;
if(errors === _errs24){
if(typeof data10 === "string"){
if(func1(data10) > 4096){
validate13.errors = [{instancePath:instancePath+"/secretAccessKey",schemaPath:"#/definitions/storeText/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters"}];
return false;
}
else {
if(func1(data10) < 1){
validate13.errors = [{instancePath:instancePath+"/secretAccessKey",schemaPath:"#/definitions/storeText/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
}
else {
validate13.errors = [{instancePath:instancePath+"/secretAccessKey",schemaPath:"#/definitions/storeText/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs23 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.sessionToken !== undefined){
let data11 = data.sessionToken;
const _errs26 = errors;
const _errs27 = errors;
if(errors === _errs27){
if(typeof data11 === "string"){
if(func1(data11) > 4096){
validate13.errors = [{instancePath:instancePath+"/sessionToken",schemaPath:"#/definitions/storeText/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters"}];
return false;
}
else {
if(func1(data11) < 1){
validate13.errors = [{instancePath:instancePath+"/sessionToken",schemaPath:"#/definitions/storeText/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
}
else {
validate13.errors = [{instancePath:instancePath+"/sessionToken",schemaPath:"#/definitions/storeText/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs26 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.connectionString !== undefined){
let data12 = data.connectionString;
const _errs29 = errors;
const _errs30 = errors;
if(errors === _errs30){
if(typeof data12 === "string"){
if(func1(data12) > 4096){
validate13.errors = [{instancePath:instancePath+"/connectionString",schemaPath:"#/definitions/storeText/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters"}];
return false;
}
else {
if(func1(data12) < 1){
validate13.errors = [{instancePath:instancePath+"/connectionString",schemaPath:"#/definitions/storeText/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
}
else {
validate13.errors = [{instancePath:instancePath+"/connectionString",schemaPath:"#/definitions/storeText/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs29 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.account !== undefined){
let data13 = data.account;
const _errs32 = errors;
const _errs33 = errors;
if(errors === _errs33){
if(typeof data13 === "string"){
if(func1(data13) > 4096){
validate13.errors = [{instancePath:instancePath+"/account",schemaPath:"#/definitions/storeText/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters"}];
return false;
}
else {
if(func1(data13) < 1){
validate13.errors = [{instancePath:instancePath+"/account",schemaPath:"#/definitions/storeText/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
}
else {
validate13.errors = [{instancePath:instancePath+"/account",schemaPath:"#/definitions/storeText/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs32 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.accountKey !== undefined){
let data14 = data.accountKey;
const _errs35 = errors;
const _errs36 = errors;
if(errors === _errs36){
if(typeof data14 === "string"){
if(func1(data14) > 4096){
validate13.errors = [{instancePath:instancePath+"/accountKey",schemaPath:"#/definitions/storeText/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters"}];
return false;
}
else {
if(func1(data14) < 1){
validate13.errors = [{instancePath:instancePath+"/accountKey",schemaPath:"#/definitions/storeText/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
}
else {
validate13.errors = [{instancePath:instancePath+"/accountKey",schemaPath:"#/definitions/storeText/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs35 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.sasToken !== undefined){
let data15 = data.sasToken;
const _errs38 = errors;
const _errs39 = errors;
if(errors === _errs39){
if(typeof data15 === "string"){
if(func1(data15) > 4096){
validate13.errors = [{instancePath:instancePath+"/sasToken",schemaPath:"#/definitions/storeText/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters"}];
return false;
}
else {
if(func1(data15) < 1){
validate13.errors = [{instancePath:instancePath+"/sasToken",schemaPath:"#/definitions/storeText/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
}
else {
validate13.errors = [{instancePath:instancePath+"/sasToken",schemaPath:"#/definitions/storeText/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs38 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.projectId !== undefined){
let data16 = data.projectId;
const _errs41 = errors;
if(errors === _errs41){
if(typeof data16 === "string"){
if(func1(data16) > 255){
validate13.errors = [{instancePath:instancePath+"/projectId",schemaPath:"#/properties/projectId/maxLength",keyword:"maxLength",params:{limit: 255},message:"must NOT have more than 255 characters"}];
return false;
}
else {
if(func1(data16) < 1){
validate13.errors = [{instancePath:instancePath+"/projectId",schemaPath:"#/properties/projectId/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
}
else {
validate13.errors = [{instancePath:instancePath+"/projectId",schemaPath:"#/properties/projectId/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs41 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.keyFile !== undefined){
let data17 = data.keyFile;
const _errs43 = errors;
const _errs44 = errors;
if(errors === _errs44){
if(typeof data17 === "string"){
if(func1(data17) > 4096){
validate13.errors = [{instancePath:instancePath+"/keyFile",schemaPath:"#/definitions/storeText/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters"}];
return false;
}
else {
if(func1(data17) < 1){
validate13.errors = [{instancePath:instancePath+"/keyFile",schemaPath:"#/definitions/storeText/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
}
else {
validate13.errors = [{instancePath:instancePath+"/keyFile",schemaPath:"#/definitions/storeText/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs43 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.ttlDefault !== undefined){
let data18 = data.ttlDefault;
const _errs46 = errors;
const _errs47 = errors;
if(errors === _errs47){
if((typeof data18 == "number") && (isFinite(data18))){
if(data18 <= 0 || isNaN(data18)){
validate13.errors = [{instancePath:instancePath+"/ttlDefault",schemaPath:"#/definitions/ttlSeconds/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0},message:"must be > 0"}];
return false;
}
}
else {
validate13.errors = [{instancePath:instancePath+"/ttlDefault",schemaPath:"#/definitions/ttlSeconds/type",keyword:"type",params:{type: "number"},message:"must be number"}];
return false;
}
}
var valid0 = _errs46 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.timeoutMs !== undefined){
let data19 = data.timeoutMs;
const _errs49 = errors;
const _errs50 = errors;
if(!(((typeof data19 == "number") && (!(data19 % 1) && !isNaN(data19))) && (isFinite(data19)))){
validate13.errors = [{instancePath:instancePath+"/timeoutMs",schemaPath:"#/definitions/callLimit/type",keyword:"type",params:{type: "integer"},message:"must be integer"}];
return false;
}
if(errors === _errs50){
if((typeof data19 == "number") && (isFinite(data19))){
if(data19 > 600000 || isNaN(data19)){
validate13.errors = [{instancePath:instancePath+"/timeoutMs",schemaPath:"#/definitions/callLimit/maximum",keyword:"maximum",params:{comparison: "<=", limit: 600000},message:"must be <= 600000"}];
return false;
}
else {
if(data19 < 1 || isNaN(data19)){
validate13.errors = [{instancePath:instancePath+"/timeoutMs",schemaPath:"#/definitions/callLimit/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"}];
return false;
}
}
}
}
var valid0 = _errs49 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.codec !== undefined){
let data20 = data.codec;
const _errs52 = errors;
if(!((data20 === "json") || (data20 === "msgpack"))){
validate13.errors = [{instancePath:instancePath+"/codec",schemaPath:"#/definitions/codec/enum",keyword:"enum",params:{allowedValues: schema11.enum},message:"must be equal to one of the allowed values"}];
return false;
}
var valid0 = _errs52 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.compression !== undefined){
let data21 = data.compression;
const _errs54 = errors;
if(!(((data21 === "none") || (data21 === "gzip")) || (data21 === "zstd"))){
validate13.errors = [{instancePath:instancePath+"/compression",schemaPath:"#/definitions/compression/enum",keyword:"enum",params:{allowedValues: schema18.enum},message:"must be equal to one of the allowed values"}];
return false;
}
var valid0 = _errs54 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
else {
validate13.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
validate13.errors = vErrors;
return errors === 0;
}

const schema46 = {"type":"object","additionalProperties":false,"required":["tiers"],"properties":{"type":{"const":"tiered"},"tiers":{"type":"array","minItems":1,"maxItems":16,"items":{"anyOf":[{"$ref":"#/definitions/storeName"},{"$ref":"#/definitions/tier"}]}},"write":{"enum":["through","back"]},"budgetMs":{"$ref":"#/definitions/callLimit"},"ttlDefault":{"$ref":"#/definitions/ttlSeconds"}}};
const schema50 = {"enum":["read","write","read-write"]};

function validate16(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((data.store === undefined) && (missing0 = "store")){
validate16.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0},message:"must have required property '"+missing0+"'"}];
return false;
}
else {
const _errs1 = errors;
for(const key0 in data){
if(!(((key0 === "store") || (key0 === "mode")) || (key0 === "timeoutMs"))){
validate16.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.store !== undefined){
let data0 = data.store;
const _errs2 = errors;
const _errs3 = errors;
if(errors === _errs3){
if(typeof data0 === "string"){
if(func1(data0) > 4096){
validate16.errors = [{instancePath:instancePath+"/store",schemaPath:"#/definitions/storeName/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters"}];
return false;
}
else {
if(func1(data0) < 1){
validate16.errors = [{instancePath:instancePath+"/store",schemaPath:"#/definitions/storeName/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
}
else {
validate16.errors = [{instancePath:instancePath+"/store",schemaPath:"#/definitions/storeName/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.mode !== undefined){
let data1 = data.mode;
const _errs5 = errors;
if(!(((data1 === "read") || (data1 === "write")) || (data1 === "read-write"))){
validate16.errors = [{instancePath:instancePath+"/mode",schemaPath:"#/definitions/storeMode/enum",keyword:"enum",params:{allowedValues: schema50.enum},message:"must be equal to one of the allowed values"}];
return false;
}
var valid0 = _errs5 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.timeoutMs !== undefined){
let data2 = data.timeoutMs;
const _errs7 = errors;
const _errs8 = errors;
if(!(((typeof data2 == "number") && (!(data2 % 1) && !isNaN(data2))) && (isFinite(data2)))){
validate16.errors = [{instancePath:instancePath+"/timeoutMs",schemaPath:"#/definitions/callLimit/type",keyword:"type",params:{type: "integer"},message:"must be integer"}];
return false;
}
if(errors === _errs8){
if((typeof data2 == "number") && (isFinite(data2))){
if(data2 > 600000 || isNaN(data2)){
validate16.errors = [{instancePath:instancePath+"/timeoutMs",schemaPath:"#/definitions/callLimit/maximum",keyword:"maximum",params:{comparison: "<=", limit: 600000},message:"must be <= 600000"}];
return false;
}
else {
if(data2 < 1 || isNaN(data2)){
validate16.errors = [{instancePath:instancePath+"/timeoutMs",schemaPath:"#/definitions/callLimit/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"}];
return false;
}
}
}
}
var valid0 = _errs7 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
}
else {
validate16.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
validate16.errors = vErrors;
return errors === 0;
}


function validate15(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((data.tiers === undefined) && (missing0 = "tiers")){
validate15.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0},message:"must have required property '"+missing0+"'"}];
return false;
}
else {
const _errs1 = errors;
for(const key0 in data){
if(!(((((key0 === "type") || (key0 === "tiers")) || (key0 === "write")) || (key0 === "budgetMs")) || (key0 === "ttlDefault"))){
validate15.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.type !== undefined){
const _errs2 = errors;
if("tiered" !== data.type){
validate15.errors = [{instancePath:instancePath+"/type",schemaPath:"#/properties/type/const",keyword:"const",params:{allowedValue: "tiered"},message:"must be equal to constant"}];
return false;
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.tiers !== undefined){
let data1 = data.tiers;
const _errs3 = errors;
if(errors === _errs3){
if(Array.isArray(data1)){
if(data1.length > 16){
validate15.errors = [{instancePath:instancePath+"/tiers",schemaPath:"#/properties/tiers/maxItems",keyword:"maxItems",params:{limit: 16},message:"must NOT have more than 16 items"}];
return false;
}
else {
if(data1.length < 1){
validate15.errors = [{instancePath:instancePath+"/tiers",schemaPath:"#/properties/tiers/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"}];
return false;
}
else {
var valid1 = true;
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
let data2 = data1[i0];
const _errs5 = errors;
const _errs6 = errors;
let valid2 = false;
const _errs7 = errors;
const _errs8 = errors;
if(errors === _errs8){
if(typeof data2 === "string"){
if(func1(data2) > 4096){
const err0 = {instancePath:instancePath+"/tiers/" + i0,schemaPath:"#/definitions/storeName/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
else {
if(func1(data2) < 1){
const err1 = {instancePath:instancePath+"/tiers/" + i0,schemaPath:"#/definitions/storeName/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
}
else {
const err2 = {instancePath:instancePath+"/tiers/" + i0,schemaPath:"#/definitions/storeName/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
var _valid0 = _errs7 === errors;
valid2 = valid2 || _valid0;
if(!valid2){
const _errs10 = errors;
if(!(validate16(data2, {instancePath:instancePath+"/tiers/" + i0,parentData:data1,parentDataProperty:i0,rootData}))){
vErrors = vErrors === null ? validate16.errors : vErrors.concat(validate16.errors);
errors = vErrors.length;
}
var _valid0 = _errs10 === errors;
valid2 = valid2 || _valid0;
}
if(!valid2){
const err3 = {instancePath:instancePath+"/tiers/" + i0,schemaPath:"#/properties/tiers/items/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
validate15.errors = vErrors;
return false;
}
else {
errors = _errs6;
if(vErrors !== null){
if(_errs6){
vErrors.length = _errs6;
}
else {
vErrors = null;
}
}
}
var valid1 = _errs5 === errors;
if(!valid1){
break;
}
}
}
}
}
else {
validate15.errors = [{instancePath:instancePath+"/tiers",schemaPath:"#/properties/tiers/type",keyword:"type",params:{type: "array"},message:"must be array"}];
return false;
}
}
var valid0 = _errs3 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.write !== undefined){
let data3 = data.write;
const _errs11 = errors;
if(!((data3 === "through") || (data3 === "back"))){
validate15.errors = [{instancePath:instancePath+"/write",schemaPath:"#/properties/write/enum",keyword:"enum",params:{allowedValues: schema46.properties.write.enum},message:"must be equal to one of the allowed values"}];
return false;
}
var valid0 = _errs11 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.budgetMs !== undefined){
let data4 = data.budgetMs;
const _errs12 = errors;
const _errs13 = errors;
if(!(((typeof data4 == "number") && (!(data4 % 1) && !isNaN(data4))) && (isFinite(data4)))){
validate15.errors = [{instancePath:instancePath+"/budgetMs",schemaPath:"#/definitions/callLimit/type",keyword:"type",params:{type: "integer"},message:"must be integer"}];
return false;
}
if(errors === _errs13){
if((typeof data4 == "number") && (isFinite(data4))){
if(data4 > 600000 || isNaN(data4)){
validate15.errors = [{instancePath:instancePath+"/budgetMs",schemaPath:"#/definitions/callLimit/maximum",keyword:"maximum",params:{comparison: "<=", limit: 600000},message:"must be <= 600000"}];
return false;
}
else {
if(data4 < 1 || isNaN(data4)){
validate15.errors = [{instancePath:instancePath+"/budgetMs",schemaPath:"#/definitions/callLimit/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"}];
return false;
}
}
}
}
var valid0 = _errs12 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.ttlDefault !== undefined){
let data5 = data.ttlDefault;
const _errs15 = errors;
const _errs16 = errors;
if(errors === _errs16){
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 <= 0 || isNaN(data5)){
validate15.errors = [{instancePath:instancePath+"/ttlDefault",schemaPath:"#/definitions/ttlSeconds/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0},message:"must be > 0"}];
return false;
}
}
else {
validate15.errors = [{instancePath:instancePath+"/ttlDefault",schemaPath:"#/definitions/ttlSeconds/type",keyword:"type",params:{type: "number"},message:"must be number"}];
return false;
}
}
var valid0 = _errs15 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
}
else {
validate15.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
validate15.errors = vErrors;
return errors === 0;
}

const schema54 = {"type":"object","required":["type"],"properties":{"type":{"enum":["memory","file","sqlite","redis","postgres","object","tiered"]}},"allOf":[{"if":{"type":"object","properties":{"type":{"const":"memory"}},"required":["type"]},"then":{"$ref":"#/definitions/memoryStore"}},{"if":{"type":"object","properties":{"type":{"const":"file"}},"required":["type"]},"then":{"$ref":"#/definitions/fileStore"}},{"if":{"type":"object","properties":{"type":{"const":"sqlite"}},"required":["type"]},"then":{"$ref":"#/definitions/sqliteStore"}},{"if":{"type":"object","properties":{"type":{"const":"redis"}},"required":["type"]},"then":{"$ref":"#/definitions/redisStore"}},{"if":{"type":"object","properties":{"type":{"const":"postgres"}},"required":["type"]},"then":{"$ref":"#/definitions/postgresStore"}},{"if":{"type":"object","properties":{"type":{"const":"object"}},"required":["type"]},"then":{"$ref":"#/definitions/objectStore"}},{"if":{"type":"object","properties":{"type":{"const":"tiered"}},"required":["type"]},"then":{"$ref":"#/definitions/tieredStore"}}]};

function validate19(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
const _errs1 = errors;
const _errs2 = errors;
let valid1 = true;
const _errs3 = errors;
if(errors === _errs3){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((data.type === undefined) && (missing0 = "type")){
const err0 = {};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
else {
if(data.type !== undefined){
if("memory" !== data.type){
const err1 = {};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
}
}
else {
const err2 = {};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
var _valid0 = _errs3 === errors;
errors = _errs2;
if(vErrors !== null){
if(_errs2){
vErrors.length = _errs2;
}
else {
vErrors = null;
}
}
if(_valid0){
const _errs6 = errors;
if(!(validate3(data, {instancePath,parentData,parentDataProperty,rootData}))){
vErrors = vErrors === null ? validate3.errors : vErrors.concat(validate3.errors);
errors = vErrors.length;
}
var _valid0 = _errs6 === errors;
valid1 = _valid0;
}
if(!valid1){
const err3 = {instancePath,schemaPath:"#/allOf/0/if",keyword:"if",params:{failingKeyword: "then"},message:"must match \"then\" schema"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
validate19.errors = vErrors;
return false;
}
var valid0 = _errs1 === errors;
if(valid0){
const _errs7 = errors;
const _errs8 = errors;
let valid3 = true;
const _errs9 = errors;
if(errors === _errs9){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing1;
if((data.type === undefined) && (missing1 = "type")){
const err4 = {};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
else {
if(data.type !== undefined){
if("file" !== data.type){
const err5 = {};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
}
}
else {
const err6 = {};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
var _valid1 = _errs9 === errors;
errors = _errs8;
if(vErrors !== null){
if(_errs8){
vErrors.length = _errs8;
}
else {
vErrors = null;
}
}
if(_valid1){
const _errs12 = errors;
if(!(validate5(data, {instancePath,parentData,parentDataProperty,rootData}))){
vErrors = vErrors === null ? validate5.errors : vErrors.concat(validate5.errors);
errors = vErrors.length;
}
var _valid1 = _errs12 === errors;
valid3 = _valid1;
}
if(!valid3){
const err7 = {instancePath,schemaPath:"#/allOf/1/if",keyword:"if",params:{failingKeyword: "then"},message:"must match \"then\" schema"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
validate19.errors = vErrors;
return false;
}
var valid0 = _errs7 === errors;
if(valid0){
const _errs13 = errors;
const _errs14 = errors;
let valid5 = true;
const _errs15 = errors;
if(errors === _errs15){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing2;
if((data.type === undefined) && (missing2 = "type")){
const err8 = {};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
else {
if(data.type !== undefined){
if("sqlite" !== data.type){
const err9 = {};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
}
}
else {
const err10 = {};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
var _valid2 = _errs15 === errors;
errors = _errs14;
if(vErrors !== null){
if(_errs14){
vErrors.length = _errs14;
}
else {
vErrors = null;
}
}
if(_valid2){
const _errs18 = errors;
if(!(validate7(data, {instancePath,parentData,parentDataProperty,rootData}))){
vErrors = vErrors === null ? validate7.errors : vErrors.concat(validate7.errors);
errors = vErrors.length;
}
var _valid2 = _errs18 === errors;
valid5 = _valid2;
}
if(!valid5){
const err11 = {instancePath,schemaPath:"#/allOf/2/if",keyword:"if",params:{failingKeyword: "then"},message:"must match \"then\" schema"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
validate19.errors = vErrors;
return false;
}
var valid0 = _errs13 === errors;
if(valid0){
const _errs19 = errors;
const _errs20 = errors;
let valid7 = true;
const _errs21 = errors;
if(errors === _errs21){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing3;
if((data.type === undefined) && (missing3 = "type")){
const err12 = {};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
else {
if(data.type !== undefined){
if("redis" !== data.type){
const err13 = {};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
}
}
else {
const err14 = {};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
var _valid3 = _errs21 === errors;
errors = _errs20;
if(vErrors !== null){
if(_errs20){
vErrors.length = _errs20;
}
else {
vErrors = null;
}
}
if(_valid3){
const _errs24 = errors;
if(!(validate9(data, {instancePath,parentData,parentDataProperty,rootData}))){
vErrors = vErrors === null ? validate9.errors : vErrors.concat(validate9.errors);
errors = vErrors.length;
}
var _valid3 = _errs24 === errors;
valid7 = _valid3;
}
if(!valid7){
const err15 = {instancePath,schemaPath:"#/allOf/3/if",keyword:"if",params:{failingKeyword: "then"},message:"must match \"then\" schema"};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
validate19.errors = vErrors;
return false;
}
var valid0 = _errs19 === errors;
if(valid0){
const _errs25 = errors;
const _errs26 = errors;
let valid9 = true;
const _errs27 = errors;
if(errors === _errs27){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing4;
if((data.type === undefined) && (missing4 = "type")){
const err16 = {};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
else {
if(data.type !== undefined){
if("postgres" !== data.type){
const err17 = {};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
}
}
else {
const err18 = {};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
var _valid4 = _errs27 === errors;
errors = _errs26;
if(vErrors !== null){
if(_errs26){
vErrors.length = _errs26;
}
else {
vErrors = null;
}
}
if(_valid4){
const _errs30 = errors;
if(!(validate11(data, {instancePath,parentData,parentDataProperty,rootData}))){
vErrors = vErrors === null ? validate11.errors : vErrors.concat(validate11.errors);
errors = vErrors.length;
}
var _valid4 = _errs30 === errors;
valid9 = _valid4;
}
if(!valid9){
const err19 = {instancePath,schemaPath:"#/allOf/4/if",keyword:"if",params:{failingKeyword: "then"},message:"must match \"then\" schema"};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
validate19.errors = vErrors;
return false;
}
var valid0 = _errs25 === errors;
if(valid0){
const _errs31 = errors;
const _errs32 = errors;
let valid11 = true;
const _errs33 = errors;
if(errors === _errs33){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing5;
if((data.type === undefined) && (missing5 = "type")){
const err20 = {};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
else {
if(data.type !== undefined){
if("object" !== data.type){
const err21 = {};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
}
}
else {
const err22 = {};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
var _valid5 = _errs33 === errors;
errors = _errs32;
if(vErrors !== null){
if(_errs32){
vErrors.length = _errs32;
}
else {
vErrors = null;
}
}
if(_valid5){
const _errs36 = errors;
if(!(validate13(data, {instancePath,parentData,parentDataProperty,rootData}))){
vErrors = vErrors === null ? validate13.errors : vErrors.concat(validate13.errors);
errors = vErrors.length;
}
var _valid5 = _errs36 === errors;
valid11 = _valid5;
}
if(!valid11){
const err23 = {instancePath,schemaPath:"#/allOf/5/if",keyword:"if",params:{failingKeyword: "then"},message:"must match \"then\" schema"};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
validate19.errors = vErrors;
return false;
}
var valid0 = _errs31 === errors;
if(valid0){
const _errs37 = errors;
const _errs38 = errors;
let valid13 = true;
const _errs39 = errors;
if(errors === _errs39){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing6;
if((data.type === undefined) && (missing6 = "type")){
const err24 = {};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
else {
if(data.type !== undefined){
if("tiered" !== data.type){
const err25 = {};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
}
}
else {
const err26 = {};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
var _valid6 = _errs39 === errors;
errors = _errs38;
if(vErrors !== null){
if(_errs38){
vErrors.length = _errs38;
}
else {
vErrors = null;
}
}
if(_valid6){
const _errs42 = errors;
if(!(validate15(data, {instancePath,parentData,parentDataProperty,rootData}))){
vErrors = vErrors === null ? validate15.errors : vErrors.concat(validate15.errors);
errors = vErrors.length;
}
var _valid6 = _errs42 === errors;
valid13 = _valid6;
}
if(!valid13){
const err27 = {instancePath,schemaPath:"#/allOf/6/if",keyword:"if",params:{failingKeyword: "then"},message:"must match \"then\" schema"};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
validate19.errors = vErrors;
return false;
}
var valid0 = _errs37 === errors;
}
}
}
}
}
}
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing7;
if((data.type === undefined) && (missing7 = "type")){
validate19.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing7},message:"must have required property '"+missing7+"'"}];
return false;
}
else {
if(data.type !== undefined){
let data7 = data.type;
if(!(((((((data7 === "memory") || (data7 === "file")) || (data7 === "sqlite")) || (data7 === "redis")) || (data7 === "postgres")) || (data7 === "object")) || (data7 === "tiered"))){
validate19.errors = [{instancePath:instancePath+"/type",schemaPath:"#/properties/type/enum",keyword:"enum",params:{allowedValues: schema54.properties.type.enum},message:"must be equal to one of the allowed values"}];
return false;
}
}
}
}
else {
validate19.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
validate19.errors = vErrors;
return errors === 0;
}

const pattern2 = new RegExp("^[A-Za-z0-9._-]{1,64}$", "u");

function validate28(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
const _errs1 = errors;
for(const key0 in data){
if(!((((((((key0 === "url") || (key0 === "store")) || (key0 === "mode")) || (key0 === "scope")) || (key0 === "readScopes")) || (key0 === "signing")) || (key0 === "budgetMs")) || (key0 === "leases"))){
validate28.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.url !== undefined){
let data0 = data.url;
const _errs2 = errors;
const _errs3 = errors;
if(errors === _errs3){
if(typeof data0 === "string"){
if(func1(data0) > 4096){
validate28.errors = [{instancePath:instancePath+"/url",schemaPath:"#/definitions/storeText/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters"}];
return false;
}
else {
if(func1(data0) < 1){
validate28.errors = [{instancePath:instancePath+"/url",schemaPath:"#/definitions/storeText/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
}
else {
validate28.errors = [{instancePath:instancePath+"/url",schemaPath:"#/definitions/storeText/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.store !== undefined){
let data1 = data.store;
const _errs5 = errors;
if(errors === _errs5){
if(typeof data1 === "string"){
if(func1(data1) > 64){
validate28.errors = [{instancePath:instancePath+"/store",schemaPath:"#/properties/store/maxLength",keyword:"maxLength",params:{limit: 64},message:"must NOT have more than 64 characters"}];
return false;
}
else {
if(func1(data1) < 1){
validate28.errors = [{instancePath:instancePath+"/store",schemaPath:"#/properties/store/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
}
else {
validate28.errors = [{instancePath:instancePath+"/store",schemaPath:"#/properties/store/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs5 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.mode !== undefined){
let data2 = data.mode;
const _errs7 = errors;
if(!(((data2 === "read") || (data2 === "write")) || (data2 === "read-write"))){
validate28.errors = [{instancePath:instancePath+"/mode",schemaPath:"#/definitions/storeMode/enum",keyword:"enum",params:{allowedValues: schema50.enum},message:"must be equal to one of the allowed values"}];
return false;
}
var valid0 = _errs7 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.scope !== undefined){
let data3 = data.scope;
const _errs9 = errors;
const _errs10 = errors;
if(errors === _errs10){
if(typeof data3 === "string"){
if(!pattern2.test(data3)){
validate28.errors = [{instancePath:instancePath+"/scope",schemaPath:"#/definitions/scope/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9._-]{1,64}$"},message:"must match pattern \""+"^[A-Za-z0-9._-]{1,64}$"+"\""}];
return false;
}
}
else {
validate28.errors = [{instancePath:instancePath+"/scope",schemaPath:"#/definitions/scope/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs9 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.readScopes !== undefined){
let data4 = data.readScopes;
const _errs12 = errors;
if(errors === _errs12){
if(Array.isArray(data4)){
if(data4.length > 32){
validate28.errors = [{instancePath:instancePath+"/readScopes",schemaPath:"#/properties/readScopes/maxItems",keyword:"maxItems",params:{limit: 32},message:"must NOT have more than 32 items"}];
return false;
}
else {
var valid4 = true;
const len0 = data4.length;
for(let i0=0; i0<len0; i0++){
let data5 = data4[i0];
const _errs14 = errors;
const _errs15 = errors;
if(errors === _errs15){
if(typeof data5 === "string"){
if(!pattern2.test(data5)){
validate28.errors = [{instancePath:instancePath+"/readScopes/" + i0,schemaPath:"#/definitions/scope/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9._-]{1,64}$"},message:"must match pattern \""+"^[A-Za-z0-9._-]{1,64}$"+"\""}];
return false;
}
}
else {
validate28.errors = [{instancePath:instancePath+"/readScopes/" + i0,schemaPath:"#/definitions/scope/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid4 = _errs14 === errors;
if(!valid4){
break;
}
}
}
}
else {
validate28.errors = [{instancePath:instancePath+"/readScopes",schemaPath:"#/properties/readScopes/type",keyword:"type",params:{type: "array"},message:"must be array"}];
return false;
}
}
var valid0 = _errs12 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.signing !== undefined){
let data6 = data.signing;
const _errs17 = errors;
if(errors === _errs17){
if(data6 && typeof data6 == "object" && !Array.isArray(data6)){
const _errs19 = errors;
for(const key1 in data6){
if(!(((key1 === "privateKey") || (key1 === "privateKeyFile")) || (key1 === "publicKeys"))){
validate28.errors = [{instancePath:instancePath+"/signing",schemaPath:"#/properties/signing/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties"}];
return false;
break;
}
}
if(_errs19 === errors){
if(data6.privateKey !== undefined){
let data7 = data6.privateKey;
const _errs20 = errors;
if(errors === _errs20){
if(typeof data7 === "string"){
if(func1(data7) > 16384){
validate28.errors = [{instancePath:instancePath+"/signing/privateKey",schemaPath:"#/properties/signing/properties/privateKey/maxLength",keyword:"maxLength",params:{limit: 16384},message:"must NOT have more than 16384 characters"}];
return false;
}
else {
if(func1(data7) < 1){
validate28.errors = [{instancePath:instancePath+"/signing/privateKey",schemaPath:"#/properties/signing/properties/privateKey/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
}
else {
validate28.errors = [{instancePath:instancePath+"/signing/privateKey",schemaPath:"#/properties/signing/properties/privateKey/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid6 = _errs20 === errors;
}
else {
var valid6 = true;
}
if(valid6){
if(data6.privateKeyFile !== undefined){
let data8 = data6.privateKeyFile;
const _errs22 = errors;
const _errs23 = errors;
if(errors === _errs23){
if(typeof data8 === "string"){
if(func1(data8) > 4096){
validate28.errors = [{instancePath:instancePath+"/signing/privateKeyFile",schemaPath:"#/definitions/storeText/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters"}];
return false;
}
else {
if(func1(data8) < 1){
validate28.errors = [{instancePath:instancePath+"/signing/privateKeyFile",schemaPath:"#/definitions/storeText/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
}
else {
validate28.errors = [{instancePath:instancePath+"/signing/privateKeyFile",schemaPath:"#/definitions/storeText/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid6 = _errs22 === errors;
}
else {
var valid6 = true;
}
if(valid6){
if(data6.publicKeys !== undefined){
let data9 = data6.publicKeys;
const _errs25 = errors;
if(errors === _errs25){
if(Array.isArray(data9)){
if(data9.length > 64){
validate28.errors = [{instancePath:instancePath+"/signing/publicKeys",schemaPath:"#/properties/signing/properties/publicKeys/maxItems",keyword:"maxItems",params:{limit: 64},message:"must NOT have more than 64 items"}];
return false;
}
else {
if(data9.length < 1){
validate28.errors = [{instancePath:instancePath+"/signing/publicKeys",schemaPath:"#/properties/signing/properties/publicKeys/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"}];
return false;
}
else {
var valid8 = true;
const len1 = data9.length;
for(let i1=0; i1<len1; i1++){
let data10 = data9[i1];
const _errs27 = errors;
if(errors === _errs27){
if(typeof data10 === "string"){
if(func1(data10) > 4096){
validate28.errors = [{instancePath:instancePath+"/signing/publicKeys/" + i1,schemaPath:"#/properties/signing/properties/publicKeys/items/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters"}];
return false;
}
else {
if(func1(data10) < 1){
validate28.errors = [{instancePath:instancePath+"/signing/publicKeys/" + i1,schemaPath:"#/properties/signing/properties/publicKeys/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
}
else {
validate28.errors = [{instancePath:instancePath+"/signing/publicKeys/" + i1,schemaPath:"#/properties/signing/properties/publicKeys/items/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid8 = _errs27 === errors;
if(!valid8){
break;
}
}
}
}
}
else {
validate28.errors = [{instancePath:instancePath+"/signing/publicKeys",schemaPath:"#/properties/signing/properties/publicKeys/type",keyword:"type",params:{type: "array"},message:"must be array"}];
return false;
}
}
var valid6 = _errs25 === errors;
}
else {
var valid6 = true;
}
}
}
}
}
else {
validate28.errors = [{instancePath:instancePath+"/signing",schemaPath:"#/properties/signing/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
var valid0 = _errs17 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.budgetMs !== undefined){
let data11 = data.budgetMs;
const _errs29 = errors;
const _errs30 = errors;
if(!(((typeof data11 == "number") && (!(data11 % 1) && !isNaN(data11))) && (isFinite(data11)))){
validate28.errors = [{instancePath:instancePath+"/budgetMs",schemaPath:"#/definitions/budget/type",keyword:"type",params:{type: "integer"},message:"must be integer"}];
return false;
}
if(errors === _errs30){
if((typeof data11 == "number") && (isFinite(data11))){
if(data11 > 600000 || isNaN(data11)){
validate28.errors = [{instancePath:instancePath+"/budgetMs",schemaPath:"#/definitions/budget/maximum",keyword:"maximum",params:{comparison: "<=", limit: 600000},message:"must be <= 600000"}];
return false;
}
else {
if(data11 < 0 || isNaN(data11)){
validate28.errors = [{instancePath:instancePath+"/budgetMs",schemaPath:"#/definitions/budget/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"}];
return false;
}
}
}
}
var valid0 = _errs29 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.leases !== undefined){
const _errs32 = errors;
if(typeof data.leases !== "boolean"){
validate28.errors = [{instancePath:instancePath+"/leases",schemaPath:"#/properties/leases/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"}];
return false;
}
var valid0 = _errs32 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
}
}
}
else {
validate28.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
validate28.errors = vErrors;
return errors === 0;
}

const pattern0 = new RegExp("^(?!(?:memory|file|sqlite|redis|postgres|object|tiered)$)[A-Za-z][A-Za-z0-9_-]{0,63}$", "u");

function validate0(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
const _errs1 = errors;
for(const key0 in data){
if(!(func0.call(schema0.properties, key0))){
validate0.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.$schema !== undefined){
const _errs2 = errors;
if(typeof data.$schema !== "string"){
validate0.errors = [{instancePath:instancePath+"/$schema",schemaPath:"#/properties/%24schema/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.codebase !== undefined){
let data1 = data.codebase;
const _errs4 = errors;
if(errors === _errs4){
if(typeof data1 === "string"){
if(func1(data1) > 128){
validate0.errors = [{instancePath:instancePath+"/codebase",schemaPath:"#/properties/codebase/maxLength",keyword:"maxLength",params:{limit: 128},message:"must NOT have more than 128 characters"}];
return false;
}
else {
if(func1(data1) < 1){
validate0.errors = [{instancePath:instancePath+"/codebase",schemaPath:"#/properties/codebase/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
}
else {
validate0.errors = [{instancePath:instancePath+"/codebase",schemaPath:"#/properties/codebase/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs4 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.basePath !== undefined){
let data2 = data.basePath;
const _errs6 = errors;
if(errors === _errs6){
if(typeof data2 === "string"){
if(func1(data2) < 1){
validate0.errors = [{instancePath:instancePath+"/basePath",schemaPath:"#/properties/basePath/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
else {
validate0.errors = [{instancePath:instancePath+"/basePath",schemaPath:"#/properties/basePath/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs6 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.analyzers !== undefined){
let data3 = data.analyzers;
const _errs8 = errors;
if(errors === _errs8){
if(Array.isArray(data3)){
if(data3.length < 1){
validate0.errors = [{instancePath:instancePath+"/analyzers",schemaPath:"#/properties/analyzers/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"}];
return false;
}
else {
var valid1 = true;
const len0 = data3.length;
for(let i0=0; i0<len0; i0++){
let data4 = data3[i0];
const _errs10 = errors;
const _errs11 = errors;
let valid2 = false;
const _errs12 = errors;
const _errs13 = errors;
if(errors === _errs13){
if(typeof data4 === "string"){
if(func1(data4) > 4096){
const err0 = {instancePath:instancePath+"/analyzers/" + i0,schemaPath:"#/definitions/analyzerSpec/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
else {
if(func1(data4) < 1){
const err1 = {instancePath:instancePath+"/analyzers/" + i0,schemaPath:"#/definitions/analyzerSpec/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
}
else {
const err2 = {instancePath:instancePath+"/analyzers/" + i0,schemaPath:"#/definitions/analyzerSpec/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
var _valid0 = _errs12 === errors;
valid2 = valid2 || _valid0;
if(!valid2){
const _errs15 = errors;
if(!(validate1(data4, {instancePath:instancePath+"/analyzers/" + i0,parentData:data3,parentDataProperty:i0,rootData}))){
vErrors = vErrors === null ? validate1.errors : vErrors.concat(validate1.errors);
errors = vErrors.length;
}
var _valid0 = _errs15 === errors;
valid2 = valid2 || _valid0;
}
if(!valid2){
const err3 = {instancePath:instancePath+"/analyzers/" + i0,schemaPath:"#/properties/analyzers/items/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
validate0.errors = vErrors;
return false;
}
else {
errors = _errs11;
if(vErrors !== null){
if(_errs11){
vErrors.length = _errs11;
}
else {
vErrors = null;
}
}
}
var valid1 = _errs10 === errors;
if(!valid1){
break;
}
}
}
}
else {
validate0.errors = [{instancePath:instancePath+"/analyzers",schemaPath:"#/properties/analyzers/type",keyword:"type",params:{type: "array"},message:"must be array"}];
return false;
}
}
var valid0 = _errs8 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.include !== undefined){
let data5 = data.include;
const _errs16 = errors;
const _errs17 = errors;
if(errors === _errs17){
if(Array.isArray(data5)){
var valid5 = true;
const len1 = data5.length;
for(let i1=0; i1<len1; i1++){
let data6 = data5[i1];
const _errs19 = errors;
if(errors === _errs19){
if(typeof data6 === "string"){
if(func1(data6) > 512){
validate0.errors = [{instancePath:instancePath+"/include/" + i1,schemaPath:"#/definitions/globs/items/maxLength",keyword:"maxLength",params:{limit: 512},message:"must NOT have more than 512 characters"}];
return false;
}
else {
if(func1(data6) < 1){
validate0.errors = [{instancePath:instancePath+"/include/" + i1,schemaPath:"#/definitions/globs/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
}
else {
validate0.errors = [{instancePath:instancePath+"/include/" + i1,schemaPath:"#/definitions/globs/items/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid5 = _errs19 === errors;
if(!valid5){
break;
}
}
}
else {
validate0.errors = [{instancePath:instancePath+"/include",schemaPath:"#/definitions/globs/type",keyword:"type",params:{type: "array"},message:"must be array"}];
return false;
}
}
var valid0 = _errs16 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.exclude !== undefined){
let data7 = data.exclude;
const _errs21 = errors;
const _errs22 = errors;
if(errors === _errs22){
if(Array.isArray(data7)){
var valid7 = true;
const len2 = data7.length;
for(let i2=0; i2<len2; i2++){
let data8 = data7[i2];
const _errs24 = errors;
if(errors === _errs24){
if(typeof data8 === "string"){
if(func1(data8) > 512){
validate0.errors = [{instancePath:instancePath+"/exclude/" + i2,schemaPath:"#/definitions/globs/items/maxLength",keyword:"maxLength",params:{limit: 512},message:"must NOT have more than 512 characters"}];
return false;
}
else {
if(func1(data8) < 1){
validate0.errors = [{instancePath:instancePath+"/exclude/" + i2,schemaPath:"#/definitions/globs/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
}
else {
validate0.errors = [{instancePath:instancePath+"/exclude/" + i2,schemaPath:"#/definitions/globs/items/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid7 = _errs24 === errors;
if(!valid7){
break;
}
}
}
else {
validate0.errors = [{instancePath:instancePath+"/exclude",schemaPath:"#/definitions/globs/type",keyword:"type",params:{type: "array"},message:"must be array"}];
return false;
}
}
var valid0 = _errs21 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.gitignore !== undefined){
const _errs26 = errors;
if(typeof data.gitignore !== "boolean"){
validate0.errors = [{instancePath:instancePath+"/gitignore",schemaPath:"#/properties/gitignore/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"}];
return false;
}
var valid0 = _errs26 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.changeDetection !== undefined){
let data10 = data.changeDetection;
const _errs28 = errors;
if(!((data10 === "stat") || (data10 === "content"))){
validate0.errors = [{instancePath:instancePath+"/changeDetection",schemaPath:"#/properties/changeDetection/enum",keyword:"enum",params:{allowedValues: schema0.properties.changeDetection.enum},message:"must be equal to one of the allowed values"}];
return false;
}
var valid0 = _errs28 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.contentHash !== undefined){
let data11 = data.contentHash;
const _errs29 = errors;
if(!((data11 === "xxh64") || (data11 === "sha256"))){
validate0.errors = [{instancePath:instancePath+"/contentHash",schemaPath:"#/properties/contentHash/enum",keyword:"enum",params:{allowedValues: schema0.properties.contentHash.enum},message:"must be equal to one of the allowed values"}];
return false;
}
var valid0 = _errs29 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.durability !== undefined){
let data12 = data.durability;
const _errs30 = errors;
if(!((data12 === "ordered") || (data12 === "full"))){
validate0.errors = [{instancePath:instancePath+"/durability",schemaPath:"#/properties/durability/enum",keyword:"enum",params:{allowedValues: schema0.properties.durability.enum},message:"must be equal to one of the allowed values"}];
return false;
}
var valid0 = _errs30 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.concurrency !== undefined){
let data13 = data.concurrency;
const _errs31 = errors;
if(!(((typeof data13 == "number") && (!(data13 % 1) && !isNaN(data13))) && (isFinite(data13)))){
validate0.errors = [{instancePath:instancePath+"/concurrency",schemaPath:"#/properties/concurrency/type",keyword:"type",params:{type: "integer"},message:"must be integer"}];
return false;
}
if(errors === _errs31){
if((typeof data13 == "number") && (isFinite(data13))){
if(data13 > 1024 || isNaN(data13)){
validate0.errors = [{instancePath:instancePath+"/concurrency",schemaPath:"#/properties/concurrency/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1024},message:"must be <= 1024"}];
return false;
}
else {
if(data13 < 1 || isNaN(data13)){
validate0.errors = [{instancePath:instancePath+"/concurrency",schemaPath:"#/properties/concurrency/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"}];
return false;
}
}
}
}
var valid0 = _errs31 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.limits !== undefined){
let data14 = data.limits;
const _errs33 = errors;
if(errors === _errs33){
if(data14 && typeof data14 == "object" && !Array.isArray(data14)){
const _errs35 = errors;
for(const key1 in data14){
if(!(((key1 === "versions") || (key1 === "maxAgeDays")) || (key1 === "maxSizeBytes"))){
validate0.errors = [{instancePath:instancePath+"/limits",schemaPath:"#/properties/limits/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties"}];
return false;
break;
}
}
if(_errs35 === errors){
if(data14.versions !== undefined){
let data15 = data14.versions;
const _errs36 = errors;
if(!(((typeof data15 == "number") && (!(data15 % 1) && !isNaN(data15))) && (isFinite(data15)))){
validate0.errors = [{instancePath:instancePath+"/limits/versions",schemaPath:"#/properties/limits/properties/versions/type",keyword:"type",params:{type: "integer"},message:"must be integer"}];
return false;
}
if(errors === _errs36){
if((typeof data15 == "number") && (isFinite(data15))){
if(data15 < 1 || isNaN(data15)){
validate0.errors = [{instancePath:instancePath+"/limits/versions",schemaPath:"#/properties/limits/properties/versions/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"}];
return false;
}
}
}
var valid8 = _errs36 === errors;
}
else {
var valid8 = true;
}
if(valid8){
if(data14.maxAgeDays !== undefined){
let data16 = data14.maxAgeDays;
const _errs38 = errors;
if(errors === _errs38){
if((typeof data16 == "number") && (isFinite(data16))){
if(data16 <= 0 || isNaN(data16)){
validate0.errors = [{instancePath:instancePath+"/limits/maxAgeDays",schemaPath:"#/properties/limits/properties/maxAgeDays/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0},message:"must be > 0"}];
return false;
}
}
else {
validate0.errors = [{instancePath:instancePath+"/limits/maxAgeDays",schemaPath:"#/properties/limits/properties/maxAgeDays/type",keyword:"type",params:{type: "number"},message:"must be number"}];
return false;
}
}
var valid8 = _errs38 === errors;
}
else {
var valid8 = true;
}
if(valid8){
if(data14.maxSizeBytes !== undefined){
let data17 = data14.maxSizeBytes;
const _errs40 = errors;
if(!(((typeof data17 == "number") && (!(data17 % 1) && !isNaN(data17))) && (isFinite(data17)))){
validate0.errors = [{instancePath:instancePath+"/limits/maxSizeBytes",schemaPath:"#/properties/limits/properties/maxSizeBytes/type",keyword:"type",params:{type: "integer"},message:"must be integer"}];
return false;
}
if(errors === _errs40){
if((typeof data17 == "number") && (isFinite(data17))){
if(data17 < 0 || isNaN(data17)){
validate0.errors = [{instancePath:instancePath+"/limits/maxSizeBytes",schemaPath:"#/properties/limits/properties/maxSizeBytes/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"}];
return false;
}
}
}
var valid8 = _errs40 === errors;
}
else {
var valid8 = true;
}
}
}
}
}
else {
validate0.errors = [{instancePath:instancePath+"/limits",schemaPath:"#/properties/limits/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
var valid0 = _errs33 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.store !== undefined){
let data18 = data.store;
const _errs42 = errors;
if(errors === _errs42){
if(typeof data18 === "string"){
if(func1(data18) > 4096){
validate0.errors = [{instancePath:instancePath+"/store",schemaPath:"#/properties/store/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters"}];
return false;
}
else {
if(func1(data18) < 1){
validate0.errors = [{instancePath:instancePath+"/store",schemaPath:"#/properties/store/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
}
else {
validate0.errors = [{instancePath:instancePath+"/store",schemaPath:"#/properties/store/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs42 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.stores !== undefined){
let data19 = data.stores;
const _errs44 = errors;
if(errors === _errs44){
if(data19 && typeof data19 == "object" && !Array.isArray(data19)){
const _errs46 = errors;
for(const key2 in data19){
if(!((((((((key2 === "memory") || (key2 === "file")) || (key2 === "sqlite")) || (key2 === "redis")) || (key2 === "postgres")) || (key2 === "object")) || (key2 === "tiered")) || (pattern0.test(key2)))){
validate0.errors = [{instancePath:instancePath+"/stores",schemaPath:"#/properties/stores/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties"}];
return false;
break;
}
}
if(_errs46 === errors){
if(data19.memory !== undefined){
const _errs47 = errors;
if(!(validate3(data19.memory, {instancePath:instancePath+"/stores/memory",parentData:data19,parentDataProperty:"memory",rootData}))){
vErrors = vErrors === null ? validate3.errors : vErrors.concat(validate3.errors);
errors = vErrors.length;
}
var valid9 = _errs47 === errors;
}
else {
var valid9 = true;
}
if(valid9){
if(data19.file !== undefined){
const _errs48 = errors;
if(!(validate5(data19.file, {instancePath:instancePath+"/stores/file",parentData:data19,parentDataProperty:"file",rootData}))){
vErrors = vErrors === null ? validate5.errors : vErrors.concat(validate5.errors);
errors = vErrors.length;
}
var valid9 = _errs48 === errors;
}
else {
var valid9 = true;
}
if(valid9){
if(data19.sqlite !== undefined){
const _errs49 = errors;
if(!(validate7(data19.sqlite, {instancePath:instancePath+"/stores/sqlite",parentData:data19,parentDataProperty:"sqlite",rootData}))){
vErrors = vErrors === null ? validate7.errors : vErrors.concat(validate7.errors);
errors = vErrors.length;
}
var valid9 = _errs49 === errors;
}
else {
var valid9 = true;
}
if(valid9){
if(data19.redis !== undefined){
const _errs50 = errors;
if(!(validate9(data19.redis, {instancePath:instancePath+"/stores/redis",parentData:data19,parentDataProperty:"redis",rootData}))){
vErrors = vErrors === null ? validate9.errors : vErrors.concat(validate9.errors);
errors = vErrors.length;
}
var valid9 = _errs50 === errors;
}
else {
var valid9 = true;
}
if(valid9){
if(data19.postgres !== undefined){
const _errs51 = errors;
if(!(validate11(data19.postgres, {instancePath:instancePath+"/stores/postgres",parentData:data19,parentDataProperty:"postgres",rootData}))){
vErrors = vErrors === null ? validate11.errors : vErrors.concat(validate11.errors);
errors = vErrors.length;
}
var valid9 = _errs51 === errors;
}
else {
var valid9 = true;
}
if(valid9){
if(data19.object !== undefined){
const _errs52 = errors;
if(!(validate13(data19.object, {instancePath:instancePath+"/stores/object",parentData:data19,parentDataProperty:"object",rootData}))){
vErrors = vErrors === null ? validate13.errors : vErrors.concat(validate13.errors);
errors = vErrors.length;
}
var valid9 = _errs52 === errors;
}
else {
var valid9 = true;
}
if(valid9){
if(data19.tiered !== undefined){
const _errs53 = errors;
if(!(validate15(data19.tiered, {instancePath:instancePath+"/stores/tiered",parentData:data19,parentDataProperty:"tiered",rootData}))){
vErrors = vErrors === null ? validate15.errors : vErrors.concat(validate15.errors);
errors = vErrors.length;
}
var valid9 = _errs53 === errors;
}
else {
var valid9 = true;
}
if(valid9){
var valid10 = true;
for(const key3 in data19){
if(pattern0.test(key3)){
const _errs54 = errors;
if(!(validate19(data19[key3], {instancePath:instancePath+"/stores/" + key3.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data19,parentDataProperty:key3,rootData}))){
vErrors = vErrors === null ? validate19.errors : vErrors.concat(validate19.errors);
errors = vErrors.length;
}
var valid10 = _errs54 === errors;
if(!valid10){
break;
}
}
}
}
}
}
}
}
}
}
}
}
else {
validate0.errors = [{instancePath:instancePath+"/stores",schemaPath:"#/properties/stores/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
var valid0 = _errs44 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.remote !== undefined){
let data28 = data.remote;
const _errs55 = errors;
const _errs56 = errors;
let valid11 = false;
const _errs57 = errors;
if(errors === _errs57){
if(typeof data28 === "string"){
if(func1(data28) > 4096){
const err4 = {instancePath:instancePath+"/remote",schemaPath:"#/properties/remote/anyOf/0/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
else {
if(func1(data28) < 1){
const err5 = {instancePath:instancePath+"/remote",schemaPath:"#/properties/remote/anyOf/0/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
}
else {
const err6 = {instancePath:instancePath+"/remote",schemaPath:"#/properties/remote/anyOf/0/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
var _valid1 = _errs57 === errors;
valid11 = valid11 || _valid1;
if(!valid11){
const _errs59 = errors;
if(!(validate28(data28, {instancePath:instancePath+"/remote",parentData:data,parentDataProperty:"remote",rootData}))){
vErrors = vErrors === null ? validate28.errors : vErrors.concat(validate28.errors);
errors = vErrors.length;
}
var _valid1 = _errs59 === errors;
valid11 = valid11 || _valid1;
}
if(!valid11){
const err7 = {instancePath:instancePath+"/remote",schemaPath:"#/properties/remote/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
validate0.errors = vErrors;
return false;
}
else {
errors = _errs56;
if(vErrors !== null){
if(_errs56){
vErrors.length = _errs56;
}
else {
vErrors = null;
}
}
}
var valid0 = _errs55 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
else {
validate0.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
validate0.errors = vErrors;
return errors === 0;
}
